// The npm package cloudevents: MODULE; reads [{binding, message}] from its input and prints the events, each validated.
const { HTTP, MQTT } = require(process.argv[2]);

const given = JSON.parse(require("fs").readFileSync(0, "utf8"));
const events = given.map(({ binding, message }) => {
  const event = { HTTP, MQTT }[binding].toEvent(message, true);
  const strict = event.cloneWith({}, true);
  strict.validate();
  return strict.toJSON();
});
console.log(JSON.stringify(events));
