// Where the pages come from: by default the server's own. With CONSOLE_PAGES=source they come from the sources as they are,
// without a build, and with CONSOLE_PAGES=built from console/dist, also where the binary was built beside another one; all
// else comes from the server.
import { createServer, preview } from "vite";

export type Pages = { url: string; close: () => Promise<void> };

export async function pagesFor(target: string): Promise<Pages> {
    const { CONSOLE_PAGES } = process.env;
    const proxy = { "/v1": { target, changeOrigin: true }, "/problems": target, "/services": target, "/referencia": target, "/reference": target };
    if (CONSOLE_PAGES === "source") {
        const vite = await createServer({ server: { port: 0, host: "127.0.0.1", hmr: false, proxy }, logLevel: "error" });
        await vite.listen();
        return { url: `http://127.0.0.1:${(vite.httpServer?.address() as { port: number }).port}`, close: () => vite.close() };
    }
    if (CONSOLE_PAGES === "built") {
        const port = 20_000 + (process.pid % 20_000);
        const served = await preview({ preview: { port, host: "127.0.0.1", strictPort: true, proxy }, logLevel: "error" });
        return { url: `http://127.0.0.1:${port}`, close: () => served.close() };
    }
    return { url: target, close: async () => {} };
}
