// The map where the operator named one: streets out of a file that this server hands out part by part, and nothing of others.
import { afterAll, beforeAll, expect, test } from "vitest";
import { closeBrowser, expectAccessible, visit } from "./browser";
import { Api, removeServer, type Server, startServer } from "./server";

let server: Server;

beforeAll(async () => {
    server = await startServer({ CAMPO_MAP_SOURCE: new URL("./samples/streets.pmtiles", import.meta.url).pathname });
    const { login, password } = server.administrator;
    const api = await Api.signedIn(server.url, login, password);
    await api.send("PUT", "/v1/session/password", { current: password, password: "maíz-cielo-arcilla-7" });
    const again = await Api.signedIn(server.url, login, "maíz-cielo-arcilla-7");
    for (const [number, longitude] of [["A1", -74.1], ["A2", -74.08]] as const) await again.send("POST", "/v1/pois", { number, name: `Sede ${number}`, place: { latitude: 4.64, longitude } });
});

afterAll(async () => {
    await closeBrowser();
    await removeServer(server);
});

test("streets come out of the operator's file, in parts, from our own origin", async () => {
    const { page, faults, close } = await visit(server.url);
    const parts: { status: number; range: string }[] = [];
    page.on("response", (response) => {
        if (new URL(response.url()).pathname === "/v1/map") parts.push({ status: response.status(), range: response.headers()["content-range"] ?? "" });
    });
    await page.goto(`${server.url}/lugares`);
    await page.getByRole("textbox", { name: "Usuario" }).fill(server.administrator.login);
    await page.getByLabel("Contraseña", { exact: true }).fill("maíz-cielo-arcilla-7");
    await page.getByRole("button", { name: "Entrar", exact: true }).click();
    await page.getByText("Calles inventadas · Natural Earth").waitFor();
    // The header, the directory, and tiles: never the whole file.
    await expect.poll(() => parts.length).toBeGreaterThan(2);
    expect(parts.every(({ status, range }) => status === 206 && range.startsWith("bytes "))).toBe(true);
    await page.getByRole("button", { name: /Sede A1/ }).first().waitFor();
    // Roads are drawn: a picture of the ground has the colours of more than land and outline.
    const ground = page.locator(".map-ground canvas");
    const colours = async () => {
        const png = (await ground.screenshot()).toString("base64");
        return page.evaluate(async (data) => {
            const image = new Image();
            image.src = `data:image/png;base64,${data}`;
            await image.decode();
            const canvas = document.createElement("canvas");
            [canvas.width, canvas.height] = [image.width, image.height];
            const pen = canvas.getContext("2d");
            pen?.drawImage(image, 0, 0);
            const { data: pixels } = pen?.getImageData(0, 0, image.width, image.height) ?? { data: new Uint8ClampedArray() };
            const road = [255, 254, 251];
            let count = 0;
            for (let at = 0; at < pixels.length; at += 4) if (road.every((value, part) => Math.abs((pixels[at + part] ?? 0) - value) < 3)) count += 1;
            return count;
        }, png);
    };
    await expect.poll(colours, { timeout: 15_000 }).toBeGreaterThan(500);
    await expectAccessible(page);
    expect(faults).toEqual([]);
    await close();
});

test("the file is nothing for whoever is not signed in", async () => {
    expect((await fetch(`${server.url}/v1/map`, { headers: { Range: "bytes=0-9" } })).status).toBe(401);
});
