// WS-Discovery of the npm package onvif: MODULE INTERFACE; prints the addresses that it found as JSON.
const [module_, device] = process.argv.slice(2);
const { Discovery } = require(module_);

Discovery.on("error", (error) => console.error(error));
Discovery.probe({ timeout: 2000, device }, (errors, cameras) => {
  const found = (cameras || []).map((camera) => camera.xaddrs[0].href);
  console.log(JSON.stringify(found));
  process.exit(errors ? 1 : 0);
});
