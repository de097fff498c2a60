// npm's onvif as the client of a VMS, with the loop of its own that pulls, notices a loss and subscribes anew: see
// tests/story/test_onvif_site_vms.py. MODULE HOST PORT USER, ONVIF_PASSWORD.
const [module_, hostname, port, username] = process.argv.slice(2);
const { Cam } = require(module_);

const ask = (cam, method, ...given) =>
  new Promise((done, fail) => cam[method](...given, (error, said) => (error ? fail(error) : done(said))));
const say = (what) => console.log(JSON.stringify(what));
const cam = new Cam({ hostname, port, username, password: process.env.ONVIF_PASSWORD, autoconnect: false });

async function main() {
  await ask(cam, "connect");
  const cameras = {};
  for (const profile of cam.profiles) {
    const wanted = { protocol: "RTSP", profileToken: profile.$.token };
    cameras[profile.name] = await ask(cam, "getStreamUri", wanted).then((told) => told.uri, () => null);
  }
  say({ cameras });
  const subscribe = cam.createPullPointSubscription;
  cam.createPullPointSubscription = function (callback) {
    subscribe.call(this, function (error, ...rest) {
      if (!error) say({ subscribed: true });
      callback.call(this, error, ...rest);
    });
  };
  cam.on("eventsError", (error) => say({ lost: String(error) }));
  cam.on("event", (one) => {
    const message = one.message.message;
    const items = [].concat((message.data && message.data.simpleItem) || []);
    say({
      operation: message.$.PropertyOperation,
      at: new Date(message.$.UtcTime).getTime() / 1000,
      items: Object.fromEntries(items.map((item) => [item.$.Name, String(item.$.Value)])),
      clock: Date.now() / 1000,
    });
  });
}

main().catch((error) => {
  console.error(error);
  process.exit(1);
});
