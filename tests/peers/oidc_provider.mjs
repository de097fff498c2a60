// npm's certified oidc-provider as the office in which people have accounts: see tests/e2e/test_page_oidc_peer.py.
// MODULE CLIENT SECRET REDIRECT_URI. Says {"issuer"} once it listens; whoever signs in there by whatever name is in vgz-operators.
import { createServer } from "node:http";
import { pathToFileURL } from "node:url";

const [module_, client_id, client_secret, redirect] = process.argv.slice(2);
const { Provider } = await import(pathToFileURL(`${module_}/lib/index.js`).href);

const server = createServer();
server.listen(0, "127.0.0.1", () => {
  const issuer = `http://127.0.0.1:${server.address().port}`;
  const provider = new Provider(issuer, {
    clients: [{ client_id, client_secret, redirect_uris: [redirect] }],
    claims: { openid: ["sub"], profile: ["preferred_username", "groups"] },
    findAccount: (_, id) => ({
      accountId: id,
      claims: () => ({ sub: id, preferred_username: id, groups: ["vgz-operators"] }),
    }),
  });
  server.on("request", provider.callback());
  console.log(JSON.stringify({ issuer }));
});
