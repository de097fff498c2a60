// The npm package onvif adds the site as a VMS would: MODULE HOST PORT USER, the password in ONVIF_PASSWORD.
const [module_, hostname, port, username] = process.argv.slice(2);
const { Cam } = require(module_);

const ask = (cam, method, ...given) =>
  new Promise((done, fail) => cam[method](...given, (error, said) => (error ? fail(error) : done(said))));

const cam = new Cam({ hostname, port, username, password: process.env.ONVIF_PASSWORD, autoconnect: false });

async function main() {
  await ask(cam, "connect");
  const told = { serial: (await ask(cam, "getDeviceInformation")).serialNumber, profiles: [], uris: [] };
  for (const profile of cam.profiles) {
    told.profiles.push(profile.$.token);
    told.uris.push((await ask(cam, "getStreamUri", { protocol: "RTSP", profileToken: profile.$.token })).uri);
  }
  await ask(cam, "getEventProperties");
  await ask(cam, "createPullPointSubscription");
  const pulled = await ask(cam, "pullMessages", { timeout: 5000, messageLimit: 100 });
  told.topics = [].concat(pulled.notificationMessage || []).map((each) => each.topic._ || each.topic);
  await ask(cam, "unsubscribe");
  console.log(JSON.stringify(told));
}

main().then(
  () => process.exit(0),
  (error) => {
    console.error(error);
    process.exit(1);
  },
);
