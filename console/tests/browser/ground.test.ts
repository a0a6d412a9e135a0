// The ground: who gets in, who does not, and how the frame is used.
import { afterAll, expect, inject, test } from "vitest";
import { closeBrowser, expectAccessible, signIn, signedIn, visit } from "./browser";
import { PASSWORD, PEOPLE } from "./company";

afterAll(closeBrowser);

test("a person signs in where they stand, and is led to the first page of their menu", async () => {
    const { page, faults, close } = await signedIn("dispatcher");
    await page.getByRole("heading", { name: "Tablero" }).waitFor();
    expect(new URL(page.url()).pathname).toBe("/tablero");
    expect(faults).toEqual([]);
    await close();
});

test("a wrong password is refused in words, and nothing typed is lost", async () => {
    const { page, close } = await visit(inject("url"));
    await page.goto(inject("url"));
    await page.getByRole("textbox", { name: "Usuario" }).fill(PEOPLE.dispatcher.login);
    await page.getByLabel("Contraseña", { exact: true }).fill("no es");
    await page.keyboard.press("Enter");
    const alert = page.getByRole("alert");
    await alert.waitFor();
    expect(await alert.textContent()).toContain("No se pudo entrar.");
    expect(await page.getByRole("textbox", { name: "Usuario" }).inputValue()).toBe(PEOPLE.dispatcher.login);
    await close();
});

test("who may not open a page does not see it in the menu, and by its address is told who can allow it", async () => {
    const { page, faults, close } = await signedIn("stranger", "/tablero");
    await page.getByText("Su perfil no permite abrir esta página").waitFor();
    expect(await page.getByText("«Ver tareas»").count()).toBe(1);
    expect(await page.getByText("Perfiles de usuarios").count()).toBe(1);
    expect(await page.getByRole("navigation").getByRole("link", { name: "Despacho" }).count()).toBe(0);
    expect(faults).toEqual([]);
    await close();
});

test("an address that is no page says so", async () => {
    const { page, close } = await signedIn("dispatcher", "/no-esta");
    await page.getByText("En esta dirección no hay ninguna página").waitFor();
    await close();
});

test("the palette and the map of keys open by key, and lead on", async () => {
    const { page, faults, close } = await signedIn("dispatcher");
    await page.getByRole("heading", { name: "Tablero" }).waitFor();
    await page.keyboard.press("?");
    await page.getByRole("dialog", { name: "Teclas" }).waitFor();
    await expectAccessible(page);
    await page.keyboard.press("Escape");
    await page.keyboard.press("Control+k");
    await page.getByRole("dialog", { name: "Buscar o hacer" }).waitFor();
    await page.keyboard.type("cuenta");
    await page.keyboard.press("Enter");
    await page.getByRole("heading", { name: "Mi cuenta" }).waitFor();
    expect(faults).toEqual([]);
    await close();
});

test("one changes one's own password, and a refusal stands at its field", async () => {
    const { page, faults, close } = await signedIn("viewer", "/ajustes/cuenta-propia");
    const field = (name: string) => page.getByLabel(name, { exact: true });
    await field("Contraseña actual").fill(PASSWORD);
    await field("Contraseña nueva").fill("corta");
    await page.getByRole("button", { name: "Cambiar la contraseña" }).click();
    await page.getByRole("alert").waitFor();
    expect(await field("Contraseña nueva").getAttribute("aria-invalid")).toBe("true");
    await field("Contraseña nueva").fill(`${PASSWORD}-2`);
    await page.getByRole("button", { name: "Cambiar la contraseña" }).click();
    await page.getByText("Contraseña cambiada").waitFor();
    await field("Contraseña actual").fill(`${PASSWORD}-2`);
    await field("Contraseña nueva").fill(PASSWORD);
    await page.getByRole("button", { name: "Cambiar la contraseña" }).click();
    await page.getByText("Contraseña cambiada").first().waitFor();
    expect(faults).toEqual([]);
    await close();
});

test("language and appearance change at once and are kept", async () => {
    const { page, close } = await signedIn("dispatcher");
    await page.getByRole("button", { name: /Lucía Barrera/ }).click();
    await page.getByRole("menuitem", { name: "English" }).click();
    await page.getByRole("heading", { name: "Board" }).waitFor();
    expect(await page.locator("html").getAttribute("lang")).toBe("en");
    await page.getByRole("button", { name: /Lucía Barrera/ }).click();
    await page.getByRole("menuitem", { name: "Appearance: dark" }).click();
    expect(await page.locator("html").getAttribute("data-theme")).toBe("dark");
    await page.reload();
    if (await page.getByRole("textbox", { name: "User" }).isVisible()) await signIn(page, "dispatcher", "en");
    await page.getByRole("heading", { name: "Board" }).waitFor();
    expect(await page.locator("html").getAttribute("data-theme")).toBe("dark");
    await close();
});

for (const theme of ["light", "dark"] as const) {
    test(`axe finds nothing on the ground's pages: ${theme}`, async () => {
        const entrance = await visit(inject("url"), { theme });
        await entrance.page.goto(inject("url"));
        await entrance.page.getByRole("button", { name: "Entrar" }).waitFor();
        await expectAccessible(entrance.page);
        await entrance.close();
        for (const width of [1280, 390]) {
            const { page, close } = await signedIn("dispatcher", "/ajustes/cuenta-propia", { theme, width });
            await page.getByRole("heading", { name: "Mi cuenta" }).waitFor();
            await expectAccessible(page);
            await close();
        }
    });
}
