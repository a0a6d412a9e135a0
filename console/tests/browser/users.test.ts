// Users and Perfiles de usuarios: who may give access, and how.
import { afterAll, expect, test } from "vitest";
import { closeBrowser, expectAccessible, signedIn } from "./browser";

afterAll(closeBrowser);

test("an administrator makes a profile and a user of it, whose password is shown once", async () => {
    const { page, faults, close } = await signedIn("administrator", "/ajustes/perfiles");
    await page.getByRole("button", { name: "Nuevo perfil" }).click();
    await page.getByRole("textbox", { name: "Nombre" }).fill("Integración");
    await page.getByRole("checkbox", { name: /^Importar/ }).press(" ");
    await page.getByRole("checkbox", { name: /^Administrar planillas/ }).press(" ");
    await page.getByRole("button", { name: "Crear el perfil" }).click();
    await page.getByText("Perfil guardado").waitFor();
    await page.getByRole("row", { name: "Integración" }).getByText("2 permisos").waitFor();
    await page.getByRole("link", { name: "Usuarios", exact: true }).click();
    await page.getByRole("button", { name: "Nuevo usuario" }).click();
    await page.getByRole("textbox", { name: "Nombre" }).fill("Noé Integrador");
    await page.getByRole("textbox", { name: "Usuario" }).fill("noe@andina.example");
    await page.getByRole("button", { name: /Perfil$/ }).click();
    await page.getByRole("option", { name: /Integración/ }).click();
    await page.getByRole("button", { name: "Crear el usuario" }).click();
    const once = page.getByRole("alertdialog").or(page.getByRole("dialog", { name: "Contraseña para entrar la primera vez" }));
    await once.waitFor();
    expect(await once.getByLabel("Contraseña", { exact: true }).textContent()).toMatch(/^.{12,}$/);
    await expectAccessible(page);
    await page.getByRole("button", { name: "Ya lo guardé" }).click();
    await page.getByRole("row", { name: "Noé Integrador" }).waitFor();
    expect(faults).toEqual([]);
    await close();
});

test("what the server refuses of a user stands at its field", async () => {
    const { page, close } = await signedIn("administrator", "/ajustes/usuarios?abierto=nuevo");
    await page.getByRole("textbox", { name: "Nombre" }).fill("Otra Patricia");
    await page.getByRole("textbox", { name: "Usuario" }).fill("patricia@andina.example");
    await page.getByRole("button", { name: /Perfil$/ }).click();
    await page.getByRole("option").first().click();
    await page.getByRole("button", { name: "Crear el usuario" }).click();
    await page.getByRole("alert").waitFor();
    expect(await page.getByRole("alert").textContent()).toContain("Usuario");
    expect(await page.getByRole("textbox", { name: "Usuario" }).getAttribute("aria-invalid")).toBe("true");
    expect(await page.getByRole("textbox", { name: "Nombre" }).inputValue()).toBe("Otra Patricia");
    await close();
});

test("the administrator's profile cannot be narrowed", async () => {
    const { page, close } = await signedIn("administrator", "/ajustes/perfiles");
    await page.getByRole("row").filter({ hasText: "Viene con Campo" }).click();
    await page.getByText("no se puede reducir").waitFor();
    expect(await page.getByRole("checkbox", { name: /^Administrar usuarios/ }).isDisabled()).toBe(true);
    expect(await page.getByRole("checkbox", { name: /^Administrar usuarios/ }).isChecked()).toBe(true);
    await close();
});

test("who may not give access neither sees the menu nor gets in by its address", async () => {
    for (const path of ["/ajustes/usuarios", "/ajustes/perfiles"]) {
        const { page, faults, close } = await signedIn("dispatcher", path);
        await page.getByText("«Administrar usuarios y perfiles»").waitFor();
        expect(await page.getByRole("navigation").getByRole("link", { name: "Usuarios", exact: true }).count()).toBe(0);
        expect(faults).toEqual([]);
        await close();
    }
});

for (const theme of ["light", "dark"] as const) {
    test(`axe finds nothing on users and profiles: ${theme}`, async () => {
        for (const width of [1280, 390]) {
            for (const [path, title] of [
                ["/ajustes/usuarios", "Usuarios"],
                ["/ajustes/perfiles?abierto=nuevo", "Perfiles de usuarios"],
            ] as const) {
                const { page, close } = await signedIn("administrator", path, { theme, width });
                await page.getByRole("heading", { name: title }).first().waitFor();
                await expectAccessible(page);
                await close();
            }
        }
    });
}
