// A server with the company of the tests, for looking at while one writes: `node scripts/serve.mjs`, then `npm run dev`
// with its address in CONSOLE_SERVER, or its address itself after `make console`. Ends with Ctrl-C.
import { createServer } from "vite";

const vite = await createServer({ server: { middlewareMode: true }, appType: "custom", logLevel: "error" });
const { startServer, removeServer, Api } = await vite.ssrLoadModule("/tests/browser/server.ts");
const { found, PASSWORD, PEOPLE } = await vite.ssrLoadModule("/tests/browser/company.ts");
const server = await startServer(process.env.LISTEN ? { CAMPO_LISTEN: process.env.LISTEN } : {});
await found(await Api.signedIn(server.url, server.administrator.login, server.administrator.password));
console.log(`${server.url}\n${server.administrator.login}  ${server.administrator.password}`);
for (const { login } of Object.values(PEOPLE)) console.log(`${login}  ${PASSWORD}`);
process.on("SIGINT", async () => {
    await removeServer(server);
    await vite.close();
    process.exit(0);
});
