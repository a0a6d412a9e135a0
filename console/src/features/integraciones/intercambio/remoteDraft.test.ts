import { expect, test } from "vitest";
import type { Remote } from "./queries";
import { isElsewhere, NO_SECRETS, remoteBody, remoteDraft, secretsBody } from "./remoteDraft";

const known = { id: "1", version: 3, code: "sap", name: "SAP", protocol: "sftp", host: "sftp.example.com", user: "campo", folder: "/campo", fetches: [{ folder: "salida", pattern: "t_*.xlsx", into: "tareas", then: "move", move_to: "leidos" }], schedule: "*/5 * * * *", state: "enabled", has_password: true, has_private_key: false, waiting: 0, created_at: "2030-01-01T00:00:00Z", updated_at: "2030-01-01T00:00:00Z" } as Remote;

test("what the server has comes back as it was", () => {
    const { code, name, protocol, host, user, folder, fetches, schedule, state } = known;
    expect(remoteBody(remoteDraft(known))).toEqual({ code, name, protocol, host, user, folder, fetches, schedule, state });
});

test("a secret that was not typed is not sent, and a key takes the place of the password", () => {
    expect(secretsBody(NO_SECRETS, known)).toEqual({});
    expect(secretsBody({ ...NO_SECRETS, password: "mar en calma" }, known)).toEqual({ password: "mar en calma" });
    expect(secretsBody({ ...NO_SECRETS, proof: "key", privateKey: " KEY " }, known)).toEqual({ private_key: "KEY\n", password: null });
});

test("another host, port or protocol is another server", () => {
    const body = remoteBody(remoteDraft(known));
    expect(isElsewhere(known, body)).toBe(false);
    expect(isElsewhere(known, { ...body, host: "otro.example.com" })).toBe(true);
    expect(isElsewhere(known, { ...body, port: 2222 })).toBe(true);
    expect(isElsewhere(undefined, body)).toBe(false);
});
