// Task types and forms: labels named and ordered, questions written, refused, published and read again; and who may not.
import { afterAll, beforeAll, expect, inject, test } from "vitest";
import { closeBrowser, expectAccessible, signedIn } from "./browser";
import { Api } from "./server";

let api: Api;

beforeAll(async () => {
    const { login, password } = inject("administrator");
    api = await Api.signedIn(inject("url"), login, password);
});

afterAll(closeBrowser);

test("the fields of a task type are named, ordered and hidden, and the versions say so", async () => {
    await api.send("POST", "/v1/task-types", { code: "GARANTIA", name: "Garantía", data_labels: [{ field: "data1", label: "Contrato", order: 1, visible: true }, { field: "data2", label: "Nivel", order: 2, visible: true }] });
    const { page, faults, close } = await signedIn("administrator", "/formularios/tipos-de-tarea");
    await page.getByRole("row", { name: "Garantía" }).click();
    await page.getByRole("button", { name: "Dar nombre a otro campo" }).click();
    const fields = page.getByRole("list", { name: "Campos" }).getByRole("listitem");
    await fields.nth(2).getByRole("textbox", { name: "Cómo se llama" }).fill("Serial del módem");
    await page.getByRole("button", { name: "Subir Serial del módem" }).click();
    await page.getByRole("button", { name: "Subir Serial del módem" }).click();
    await fields.nth(2).getByRole("checkbox", { name: "Lo ve el técnico" }).press(" ");
    await page.getByRole("combobox", { name: /Formularios obligatorios/ }).fill("informe");
    await page.getByRole("option", { name: /Informe de visita/ }).click();
    await page.getByRole("button", { name: "Guardar" }).click();
    await page.getByText("Tipo «Garantía» guardado").waitFor();
    expect(await api.send("GET", "/v1/task-types/code:GARANTIA")).toMatchObject({
        data_labels: [
            { field: "data3", label: "Serial del módem", order: 1, visible: true },
            { field: "data1", label: "Contrato", order: 2, visible: true },
            { field: "data2", label: "Nivel", order: 3, visible: false },
        ],
    });
    await page.getByText("Versiones anteriores").click();
    await page.getByText("Versión 2", { exact: true }).waitFor();
    expect(faults).toEqual([]);
    await close();
});

test("a form is written by keyboard, what the server refuses stands at its question, and it is published", async () => {
    const { page, faults, close } = await signedIn("administrator", "/formularios/formularios");
    await page.getByRole("row", { name: "Informe de visita" }).waitFor();
    await page.keyboard.press("n");
    await page.getByRole("textbox", { name: "Nombre" }).fill("Lectura de equipos");
    const ask = async (kind: string, label: string) => {
        await page.getByRole("button", { name: "Agregar una pregunta" }).press("Enter");
        await page.getByRole("menuitem", { name: kind, exact: true }).press("Enter");
        await page.getByRole("textbox", { name: "Qué pregunta" }).fill(label);
    };
    await ask("Elegir una", "¿Cómo está el cuarto frío?");
    await ask("Tabla", "Presión de cada equipo");
    await page.getByRole("button", { name: "Publicar" }).click();
    await page.getByRole("alert").waitFor();
    await page.getByRole("alert").getByText("Pregunta 1, «¿Cómo está el cuarto frío?»: opciones").waitFor();
    await page.getByRole("textbox", { name: "Opciones, una por línea" }).fill("1 = Bueno\n2 = Con fugas");
    await page.getByRole("region", { name: "Vista previa en el teléfono" }).getByText("Con fugas").waitFor();
    await page.getByRole("button", { name: /Presión de cada equipo Tabla/ }).click();
    await page.getByRole("button", { name: "Agregar una columna" }).click();
    expect(await page.getByRole("menuitem", { name: "Tabla", exact: true }).count()).toBe(0);
    await page.getByRole("menuitem", { name: "Número", exact: true }).click();
    await page.getByRole("textbox", { name: "Qué pregunta" }).last().fill("Presión");
    await page.getByRole("textbox", { name: /Valor máximo/ }).fill("500");
    await page.getByRole("button", { name: "Subir Presión de cada equipo" }).click();
    await page.getByRole("button", { name: "Publicar" }).click();
    await page.getByText("«Lectura de equipos» publicado: versión 1").waitFor();
    expect(await api.send("GET", "/v1/forms/code:LECTURA-DE-EQUIPOS")).toMatchObject({
        version: 1,
        fields: [
            { id: "presion_de_cada_equipo", kind: "table", columns: [{ id: "presion", kind: "number", maximum: 500 }] },
            { id: "como_esta_el_cuarto_frio", kind: "choice", choices: [{ value: "1", text: "Bueno" }, { value: "2", text: "Con fugas" }] },
        ],
    });
    expect(faults).toEqual([]);
    await close();
});

test("what is typed survives a reload, and a changed question is a new version", async () => {
    const { page, faults, close } = await signedIn("administrator", "/formularios/formularios");
    await page.getByRole("row", { name: "Lectura de equipos" }).click();
    await page.getByRole("button", { name: /cuarto frío\? Elegir una/ }).click();
    await page.getByRole("checkbox", { name: "Obligatoria" }).press(" ");
    await page.reload();
    await page.getByRole("button", { name: /cuarto frío\? \* Elegir una/ }).waitFor();
    await page.getByRole("heading", { name: "Lectura de equipos" }).click();
    await page.keyboard.press("p");
    await page.getByText("publicado: versión 2").waitFor();
    await page.getByText("Versiones anteriores").click();
    await page.getByText("Así se creó.").waitFor();
    expect(faults).toEqual([]);
    await close();
});

test("who may only look sees the questions without buttons; who may not is told who can allow it", async () => {
    const reader = await signedIn("dispatcher", "/formularios/formularios");
    await reader.page.getByRole("row", { name: "Lectura de equipos" }).click();
    await reader.page.getByRole("button", { name: /Presión de cada equipo Tabla/ }).waitFor();
    for (const name of ["Publicar", "Agregar una pregunta", "Dejar fuera de uso"]) expect(await reader.page.getByRole("button", { name }).count()).toBe(0);
    expect(reader.faults).toEqual([]);
    await reader.close();
    for (const path of ["/formularios/formularios", "/formularios/tipos-de-tarea"]) {
        const { page, faults, close } = await signedIn("viewer", path);
        await page.getByText("«Ver formularios y tipos de tarea»").waitFor();
        expect(await page.getByRole("link", { name: "Tipos de tarea" }).count()).toBe(0);
        expect(faults).toEqual([]);
        await close();
    }
});

for (const theme of ["light", "dark"] as const) {
    test(`axe finds nothing on forms and task types: ${theme}`, async () => {
        for (const width of [1280, 390]) {
            const { page, close } = await signedIn("administrator", "/formularios/tipos-de-tarea", { theme, width });
            await page.getByRole("row", { name: "Garantía" }).click();
            await page.getByRole("list", { name: "Campos" }).waitFor();
            await expectAccessible(page);
            await page.goto(`${inject("url")}/formularios/formularios`);
            await page.getByRole("row", { name: "Lectura de equipos" }).click();
            await page.getByRole("button", { name: /Presión de cada equipo Tabla/ }).click();
            await page.getByRole("textbox", { name: "Identificador" }).waitFor();
            await expectAccessible(page);
            await close();
        }
    });
}
