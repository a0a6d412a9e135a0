// Walks over every page of the menu: for who may, in both themes, and for who may not; and over the pages beside the menu.
import { afterAll, expect, inject, test } from "vitest";
import { MENU } from "../../src/app/menu";
import { closeBrowser, expectAccessible, signedIn, visit } from "./browser";
import { PEOPLE } from "./company";

afterAll(closeBrowser);

/** A walk is long where the machine is busy. */
const LONG_MS = 240_000;

const PAGES = MENU.flatMap((item) => item.pages);
const OWN: readonly string[] = PEOPLE.stranger.permissions;

test("who may not open a page is told by its address who can allow it, on each page of the menu", async () => {
    const { page, faults, close } = await signedIn("stranger", "/equipo/mensajes");
    const refused: string[] = [];
    for (const { to, anyOf } of PAGES) {
        if (anyOf.length === 0 || anyOf.some((permission) => OWN.includes(permission))) continue;
        await page.goto(inject("url") + to);
        await page.getByText("Su perfil no permite abrir esta página").waitFor();
        expect(await page.getByRole("link", { name: to }).count(), to).toBe(0);
        refused.push(to);
    }
    expect(refused.length).toBeGreaterThan(20);
    expect(faults).toEqual([]);
    await close();
}, LONG_MS);

/** Pages that others look at more closely, with what opens from them. */
const BESIDE = ["/bandeja", "/equipo/telefonos/inscribir", "/integraciones/intercambio/entradas", "/integraciones/intercambio/exportaciones", "/integraciones/intercambio/accesos", "/integraciones/servicios-web/llamadas", "/integraciones/servicios-web/direcciones"];
const OPEN = ["/entrar/olvido", "/entrar/clave#enlace", "/entrar/correo#enlace", "/e#ABCD-EFGH"];

for (const theme of ["light", "dark"] as const) {
    test(`axe finds nothing on the pages that no other test looks at: ${theme}`, async () => {
        const { page, faults, close } = await signedIn("administrator", "/bandeja", { theme, width: theme === "light" ? 1280 : 390 });
        for (const path of BESIDE) {
            await page.goto(inject("url") + path);
            await page.locator("#page").waitFor();
            await expectAccessible(page);
        }
        expect(faults).toEqual([]);
        await close();
        const nobody = await visit(inject("url"), { theme });
        for (const path of OPEN) {
            await nobody.page.goto("about:blank");
            await nobody.page.goto(inject("url") + path);
            await nobody.page.getByRole("heading", { level: 1 }).or(nobody.page.getByRole("heading", { level: 2 })).first().waitFor();
            await expectAccessible(nobody.page);
        }
        await nobody.close();
    }, LONG_MS);
}
