// Places: found, read, written with point and zone, taken out of use and back; and who may not.
import { afterAll, expect, inject, test } from "vitest";
import { closeBrowser, expectAccessible, signedIn } from "./browser";
import { PASSWORD, PEOPLE } from "./company";
import { Api } from "./server";

afterAll(closeBrowser);

test("places are found without accents, opened, and lead to their tasks", async () => {
    const { page, faults, close } = await signedIn("dispatcher", "/lugares");
    await page.getByRole("row", { name: /C101/ }).waitFor();
    await page.getByRole("searchbox", { name: "Buscar lugares" }).fill("clinica univ");
    await expect.poll(() => page.getByRole("grid", { name: "Lugares" }).getByRole("row").count()).toBe(2);
    expect(page.url()).toContain("q=clinica");
    await page.getByRole("row", { name: /C101/ }).click();
    const drawer = page.getByRole("complementary", { name: "Clínica Universitaria Nuestra Señora de la Candelaria" });
    await drawer.getByRole("link", { name: /700101/ }).click();
    await page.getByRole("heading", { name: "Tablero" }).waitFor();
    expect(faults).toEqual([]);
    await close();
});

test("a place is written with its point and a zone by typing alone", async () => {
    const { page, faults, close } = await signedIn("dispatcher", "/lugares");
    await page.getByRole("row", { name: /C101/ }).waitFor();
    await page.keyboard.press("n");
    const field = (name: string | RegExp) => page.getByRole("textbox", { name });
    await page.getByRole("button", { name: "Crear el lugar" }).click();
    await page.getByRole("alert").waitFor();
    expect(await field("Número").getAttribute("aria-invalid")).toBe("true");
    await field("Número").fill("Z-9");
    await field("Nombre").fill("Bodega del Norte");
    await field(/Coordenadas/).fill("aquí");
    await page.getByText("«aquí» no son coordenadas.").waitFor();
    await field(/Coordenadas/).fill("4,8615; -74,0326");
    await page.getByRole("button", { name: "Dibujar la zona" }).click();
    for (const corner of ["4.86, -74.03", "4.87, -74.03", "4.87, -74.04"]) {
        await field("Otra esquina").fill(corner);
        await page.getByRole("button", { name: "Añadir" }).click();
    }
    await page.getByRole("button", { name: "Crear el lugar" }).click();
    await page.getByText("«Bodega del Norte» creado").waitFor();
    const api = await Api.signedIn(inject("url"), PEOPLE.dispatcher.login, PASSWORD);
    const made = await api.send<{ place: object; polygon: object[] }>("GET", "/v1/pois/number:Z-9");
    expect(made.place).toEqual({ latitude: 4.8615, longitude: -74.0326 });
    expect(made.polygon).toHaveLength(3);
    await page.getByRole("button", { name: "Dejar fuera de uso" }).click();
    await page.getByText("«Bodega del Norte» queda fuera de uso").waitFor();
    await page.getByRole("button", { name: "Deshacer" }).click();
    await page.getByText("«Bodega del Norte» vuelve a estar en uso").waitFor();
    expect(faults).toEqual([]);
    await close();
});

test("who may not see places is told who can allow it", async () => {
    const { page, faults, close } = await signedIn("viewer", "/lugares");
    await page.getByText("Su perfil no permite abrir esta página").waitFor();
    expect(await page.getByText("«Ver lugares»").count()).toBe(1);
    expect(await page.getByRole("link", { name: "Lugares" }).count()).toBe(0);
    expect(faults).toEqual([]);
    await close();
});

for (const theme of ["light", "dark"] as const) {
    for (const width of [1280, 390]) {
        test(`axe finds nothing on places: ${theme}, ${width} pixels`, async () => {
            const { page, close } = await signedIn("dispatcher", "/lugares", { theme, width });
            await page.getByRole("row", { name: /C101/ }).click();
            await page.getByRole("complementary").waitFor();
            await expectAccessible(page);
            await page.keyboard.press("e");
            await page.getByRole("button", { name: "Guardar" }).waitFor();
            await expectAccessible(page);
            await close();
        });
    }
}
