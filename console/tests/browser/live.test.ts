// What others do appears without a reload, in every tab; a cut is said and caught up.
import { afterAll, expect, inject, test } from "vitest";
import { closeBrowser, signedIn } from "./browser";
import { PASSWORD, PEOPLE, today } from "./company";
import { Api } from "./server";

afterAll(closeBrowser);

const dispatcher = () => Api.signedIn(inject("url"), PEOPLE.dispatcher.login, PASSWORD);
const task = (customer_name: string) => ({ customer_name, start: { local: `${today()}T21:00`, zone: "America/Bogota" } });

test("what somebody else creates and changes appears without a reload", async () => {
    const api = await dispatcher();
    const { page, faults, close } = await signedIn("dispatcher", "/tablero?q=vivo");
    await page.getByText("Conectado").waitFor();
    const made = await api.send<{ id: string; task_number: number }>("POST", "/v1/tasks", task("Cliente en vivo"));
    const row = page.getByRole("row", { name: new RegExp(String(made.task_number)) });
    await row.waitFor({ timeout: 10_000 });
    await api.send("POST", `/v1/tasks/${made.id}/status`, { status: "in_progress" });
    await row.getByText("En curso").waitFor({ timeout: 10_000 });
    expect(faults).toEqual([]);
    await close();
});

test("ten tabs share one stream, and stay live when the one that holds it is closed", async () => {
    const api = await dispatcher();
    const { page, context, close } = await signedIn("dispatcher", "/tablero?q=pestaña");
    await page.getByText("Conectado").waitFor();
    const tabs = [];
    for (let count = 1; count < 10; count += 1) {
        const tab = await context.newPage();
        await tab.goto(`${inject("url")}/tablero?q=pestaña`);
        await tab.getByText("Conectado").waitFor();
        tabs.push(tab);
    }
    await page.close();
    await tabs[0]?.waitForTimeout(0);
    const made = await api.send<{ task_number: number }>("POST", "/v1/tasks", task("Cliente de la pestaña"));
    for (const tab of tabs) await tab.getByRole("row", { name: new RegExp(String(made.task_number)) }).waitFor({ timeout: 20_000 });
    await close();
}, 180_000);
