// Look-up tables of forms: counted, searched, written and changed item by item, with columns of the customer's own; and who may not.
import { afterAll, beforeAll, expect, inject, test } from "vitest";
import { closeBrowser, expectAccessible, signedIn } from "./browser";
import { Api } from "./server";

const CAUSES = [
    ["SIN-ENERGIA", "Sin energía en el sitio"],
    ["FIBRA-CORTADA", "Fibra cortada"],
    ["EQUIPO-DANADO", "Equipo dañado"],
] as const;

let api: Api;

beforeAll(async () => {
    const { login, password } = inject("administrator");
    api = await Api.signedIn(inject("url"), login, password);
    await api.send("POST", "/v1/catalogue-items/batch", {
        items: [
            ...CAUSES.map(([code, name]) => ({ table: "causas", code: `causas:${code}`, name, values: { Área: "Red", "Horas/sitio": "2" } })),
            { code: "CABLE-5M", name: "Cable de 5 m", unit: "m", category: "Cables" },
            // More than a page of the server's.
            ...Array.from({ length: 480 }, (_, place) => ({ table: "municipios", code: `municipios:${place + 1}`, name: `Municipio ${String(place + 1).padStart(4, "0")}` })),
        ],
    });
    await api.send("POST", "/v1/catalogue-items/batch", { items: Array.from({ length: 120 }, (_, place) => ({ table: "municipios", code: `municipios:${place + 481}`, name: `Municipio ${String(place + 481).padStart(4, "0")}` })) });
});

afterAll(closeBrowser);

const version = async (reference: string) => `"${(await api.send<{ version: number }>("GET", `/v1/catalogue-items/${reference}`)).version}"`;

test("the tables are counted over all pages, one opens, and the server searches it", async () => {
    const { page, faults, close } = await signedIn("administrator", "/formularios/tablas");
    await page.getByRole("row", { name: "municipios" }).getByText("600", { exact: true }).waitFor();
    await page.getByRole("row", { name: "causas" }).getByText("Área · Horas/sitio").waitFor();
    await page.getByRole("row", { name: "Catálogo" }).waitFor();
    await page.getByText("3 tablas").waitFor();
    await page.getByRole("searchbox", { name: "Buscar tablas" }).fill("muni");
    await page.getByText("1 tabla").waitFor();
    await page.getByRole("row", { name: "municipios" }).click();
    await page.getByRole("heading", { name: "Formularios municipios" }).waitFor();
    await page.getByText("más de 500 elementos").waitFor();
    await page.getByRole("row", { name: "Municipio 0001" }).focus();
    await page.keyboard.press("End");
    await page.getByText("600 elementos", { exact: true }).waitFor();
    await page.getByRole("searchbox", { name: "Buscar en la tabla" }).fill("0599");
    await page.getByText("1 elemento", { exact: true }).waitFor();
    await page.getByRole("row", { name: "Municipio 0599" }).getByText("599", { exact: true }).waitFor();
    await page.getByRole("searchbox", { name: "Buscar en la tabla" }).fill("Atlántida");
    await page.getByRole("button", { name: "Quitar la búsqueda" }).click();
    await page.getByRole("link", { name: "Todas", exact: true }).click();
    await page.getByRole("row", { name: "causas" }).waitFor();
    expect(faults).toEqual([]);
    await close();
});

test("a table is begun by keyboard; what is refused stands at its field; what is typed survives a reload", async () => {
    const { page, faults, close } = await signedIn("administrator", "/formularios/tablas");
    await page.getByRole("row", { name: "causas" }).waitFor();
    await page.keyboard.press("n");
    await page.keyboard.type("zonas:norte");
    await page.keyboard.press("Tab");
    await page.keyboard.type("Zona norte");
    await page.keyboard.press("Enter");
    await page.getByRole("alert").waitFor();
    const table = page.getByRole("textbox", { name: "Tabla", exact: true });
    expect(await table.getAttribute("aria-invalid")).toBe("true");
    await page.reload();
    await page.getByRole("textbox", { name: "Nombre", exact: true }).waitFor();
    expect(await table.inputValue()).toBe("zonas:norte");
    await table.fill("zonas");
    await table.press("Enter");
    await page.getByText("«Zona norte» guardado").waitFor();
    await page.getByRole("heading", { name: "Formularios zonas" }).waitFor();
    await page.getByText("1 elemento", { exact: true }).waitFor();
    expect(await api.send("GET", "/v1/catalogue-items/code:zonas:zona-norte")).toMatchObject({ table: "zonas", code: "zonas:zona-norte", name: "Zona norte" });
    await page.keyboard.press("Escape");
    await expect.poll(() => page.getByRole("complementary", { name: "Zona norte" }).count()).toBe(0);
    expect(await page.getByRole("row", { name: "Zona norte" }).evaluate((row) => row === document.activeElement)).toBe(true);
    // A code that is taken.
    await page.getByRole("button", { name: "Nuevo elemento" }).click();
    await page.getByRole("textbox", { name: "Nombre", exact: true }).fill("Otra");
    await page.getByRole("textbox", { name: /^Código/ }).fill("zona-norte");
    await page.getByRole("button", { name: "Crear", exact: true }).click();
    await page.getByRole("alert").waitFor();
    expect(await page.getByRole("textbox", { name: /^Código/ }).getAttribute("aria-invalid")).toBe("true");
    await page.getByRole("button", { name: "Descartar" }).click();
    expect(faults).toEqual([]);
    await close();
});

test("an item is changed in a column that it has and one that is new, taken out of use and put back", async () => {
    const { page, faults, close } = await signedIn("administrator", "/formularios/tablas/causas");
    await page.getByRole("row", { name: "Fibra cortada" }).click();
    const drawer = page.getByRole("complementary", { name: "Fibra cortada" });
    await drawer.getByRole("textbox", { name: /^Horas\/sitio/ }).fill("6");
    await drawer.getByText("Agregar una columna").click();
    await drawer.getByRole("textbox", { name: "Nombre de la columna" }).fill("Cobra");
    await page.keyboard.press("Enter");
    await expect.poll(() => drawer.getByRole("textbox", { name: /^Cobra/ }).evaluate((field) => field === document.activeElement)).toBe(true);
    await page.keyboard.type("Sí");
    await drawer.getByRole("button", { name: "Guardar" }).click();
    await page.getByText("«Fibra cortada» guardado").waitFor();
    expect(await api.send("GET", "/v1/catalogue-items/code:causas:FIBRA-CORTADA")).toMatchObject({ values: { Área: "Red", "Horas/sitio": "6", Cobra: "Sí" } });
    await drawer.getByText("Versiones anteriores").click();
    await drawer.getByText("Área: Red · Cobra: Sí · Horas/sitio: 6").waitFor();
    await drawer.getByRole("button", { name: "Dejar fuera de uso" }).click();
    await page.getByText("«Fibra cortada» fuera de uso").waitFor();
    await expect.poll(() => page.getByRole("row", { name: "Fibra cortada" }).count()).toBe(0);
    await page.getByRole("button", { name: "Deshacer" }).click();
    await page.getByRole("row", { name: "Fibra cortada" }).waitFor();
    expect(faults).toEqual([]);
    await close();
});

test("a question of a form chooses from a table", async () => {
    const { page, faults, close } = await signedIn("administrator", "/formularios/formularios");
    await page.getByRole("button", { name: /Nuevo formulario/ }).click();
    await page.getByRole("textbox", { name: "Nombre" }).fill("Causa de la falla");
    await page.getByRole("button", { name: "Agregar una pregunta" }).click();
    await page.getByRole("menuitem", { name: "Elegir una", exact: true }).click();
    await page.getByRole("textbox", { name: "Qué pregunta" }).fill("¿Por qué falló?");
    await page.getByRole("button", { name: /De dónde se elige/ }).click();
    await page.getByRole("option", { name: "La tabla «causas»" }).click();
    expect(await page.getByRole("textbox", { name: "Opciones, una por línea" }).count()).toBe(0);
    await page.getByRole("region", { name: "Vista previa en el teléfono" }).getByText("Elegir de «causas»").waitFor();
    await page.getByRole("button", { name: "Publicar" }).click();
    await page.getByText("«Causa de la falla» publicado: versión 1").waitFor();
    expect(await api.send("GET", "/v1/forms/code:CAUSA-DE-LA-FALLA")).toMatchObject({ fields: [{ id: "por_que_fallo", kind: "choice", choices_from: "causas" }] });
    expect(faults).toEqual([]);
    await close();
});

test("of two who change one item each column is merged, and what both changed is asked", async () => {
    const { page, faults, close } = await signedIn("administrator", "/formularios/tablas/causas");
    await page.getByRole("row", { name: "Equipo dañado" }).click();
    const drawer = page.getByRole("complementary", { name: "Equipo dañado" });
    await drawer.getByRole("textbox", { name: /^Área/ }).fill("La mía");
    const path = "/v1/catalogue-items/code:causas:EQUIPO-DANADO";
    await api.send("PATCH", path, { values: { Área: "La otra", "Horas/sitio": "9" } }, { "If-Match": await version("code:causas:EQUIPO-DANADO") });
    await drawer.getByRole("button", { name: "Guardar" }).click();
    await drawer.getByText("Área: usted «La mía», la otra persona «La otra»").waitFor();
    await drawer.getByRole("button", { name: "Seguir con lo mío" }).click();
    await drawer.getByRole("button", { name: "Guardar" }).click();
    await page.getByText("«Equipo dañado» guardado").waitFor();
    expect(await api.send("GET", path)).toMatchObject({ values: { Área: "La mía", "Horas/sitio": "9" } });
    expect(faults).toEqual([]);
    await close();
});

test("the way to the import has its target chosen", async () => {
    const { page, faults, close } = await signedIn("administrator", "/formularios/tablas");
    await page.getByRole("link", { name: "Importar una tabla" }).click();
    await page.getByRole("radio", { name: /Un elemento de una tabla de formularios/ }).waitFor();
    expect(await page.getByRole("radio", { name: /Un elemento de una tabla de formularios/ }).isChecked()).toBe(true);
    expect(faults).toEqual([]);
    await close();
});

test("who may only look sees items without buttons; who may not is told who can allow it", async () => {
    const reader = await signedIn("importer", "/formularios/tablas");
    await reader.page.getByRole("row", { name: "causas" }).click();
    await reader.page.getByRole("row", { name: "Sin energía en el sitio" }).click();
    const drawer = reader.page.getByRole("complementary", { name: "Sin energía en el sitio" });
    await drawer.getByText("Horas/sitio").waitFor();
    expect(await drawer.getByRole("textbox").count()).toBe(0);
    for (const name of ["Guardar", "Dejar fuera de uso", "Nuevo elemento"]) expect(await reader.page.getByRole("button", { name }).count(), name).toBe(0);
    // Imports run with the permission to change what they fill.
    expect(await reader.page.getByRole("link", { name: "Importar una tabla" }).count()).toBe(0);
    expect(reader.faults).toEqual([]);
    await reader.close();
    const { page, faults, close } = await signedIn("viewer", "/formularios/tablas");
    await page.getByText("«Ver formularios y tipos de tarea»").waitFor();
    expect(await page.getByRole("link", { name: "Tablas" }).count()).toBe(0);
    expect(faults).toEqual([]);
    await close();
});

test("the page speaks English", async () => {
    const { page, faults, close } = await signedIn("administrator", "/formularios/tablas?abierto=nuevo", { language: "en" });
    await page.getByRole("link", { name: "Look-up tables" }).waitFor();
    await page.getByRole("row", { name: "Catalogue" }).waitFor();
    await page.getByRole("textbox", { name: "Table", exact: true }).waitFor();
    await page.getByRole("link", { name: "Import a table" }).waitFor();
    expect(faults).toEqual([]);
    await close();
});

for (const theme of ["light", "dark"] as const) {
    test(`axe finds nothing on look-up tables: ${theme}`, async () => {
        for (const width of [1280, 390]) {
            const { page, close } = await signedIn("administrator", "/formularios/tablas", { theme, width });
            await page.getByRole("row", { name: "municipios" }).getByText("600", { exact: true }).waitFor();
            await expectAccessible(page);
            if (process.env.PICTURES) await page.screenshot({ path: `${process.env.PICTURES}/tablas-${width}-${theme}.png` });
            await page.getByRole("row", { name: "causas" }).click();
            await page.getByRole("row", { name: "Sin energía en el sitio" }).waitFor();
            if (process.env.PICTURES) await page.screenshot({ path: `${process.env.PICTURES}/tabla-${width}-${theme}.png` });
            await page.getByRole("row", { name: "Sin energía en el sitio" }).click();
            await page.getByText("Agregar una columna").click();
            await page.getByText("Versiones anteriores").waitFor();
            await expectAccessible(page);
            if (process.env.PICTURES) await page.screenshot({ path: `${process.env.PICTURES}/elemento-${width}-${theme}.png` });
            await close();
        }
    });
}
