// A customer's server as its form holds it, without a screen. Its secrets are not a part of it: what is kept while one types
// lies in the browser.
import type { Body } from "~/app/changes";
import { codeOf } from "~/app/words";
import type { Remote } from "./queries";
import { readSchedule, type Schedule, writeSchedule } from "./schedule";

export type Fetch = { folder: string; pattern: string; into: string; then: "keep" | "delete" | "move"; moveTo: string };
export type RemoteDraft = { code: string; name: string; protocol: Remote["protocol"]; host: string; port: string; user: string; folder: string; fetches: Fetch[]; schedule: Schedule; enabled: boolean };
export type RemoteSecrets = { proof: "password" | "key"; password: string; privateKey: string; passphrase: string };

export const NO_FETCH: Fetch = { folder: "", pattern: "*", into: "", then: "delete", moveTo: "" };
export const NO_SECRETS: RemoteSecrets = { proof: "password", password: "", privateKey: "", passphrase: "" };

export const remoteDraft = (one?: Remote): RemoteDraft => ({
    code: one?.code ?? "",
    name: one?.name ?? "",
    protocol: one?.protocol ?? "sftp",
    host: one?.host ?? "",
    port: one?.port == null ? "" : String(one.port),
    user: one?.user ?? "",
    folder: one?.folder ?? "",
    fetches: (one?.fetches ?? []).map(({ folder, pattern, into, then, move_to }) => ({ folder: folder ?? "", pattern: pattern ?? "*", into: into ?? "", then: then ?? "keep", moveTo: move_to ?? "" })),
    schedule: readSchedule(one?.schedule ?? "*/5 * * * *"),
    enabled: one?.state !== "disabled",
});

export function remoteBody(draft: RemoteDraft): Body {
    const port = draft.port.trim();
    return {
        code: draft.code.trim() || codeOf(draft.name),
        name: draft.name.trim(),
        protocol: draft.protocol,
        host: draft.host.trim(),
        ...(port === "" ? {} : { port: /^\d+$/.test(port) ? Number(port) : port }),
        user: draft.user.trim(),
        folder: draft.folder.trim(),
        fetches: draft.fetches.map(({ folder, pattern, into, then, moveTo }) => ({ folder: folder.trim(), pattern: pattern.trim() || "*", into: into.trim(), then, ...(then === "move" ? { move_to: moveTo.trim() } : {}) })),
        schedule: writeSchedule(draft.schedule),
        state: draft.enabled ? "enabled" : "disabled",
    };
}

/** What proves who logs in, where something was typed: one takes the place of the other. */
export function secretsBody({ proof, password, privateKey, passphrase }: RemoteSecrets, known?: Remote): Body {
    if (proof === "password") return password ? { password, ...(known?.has_private_key ? { private_key: null, passphrase: null } : {}) } : {};
    if (!privateKey.trim()) return {};
    return { private_key: `${privateKey.trim()}\n`, ...(passphrase ? { passphrase } : {}), ...(known?.has_password ? { password: null } : {}) };
}

/** Whether it is another server now: what proved who logs in at the one before is not sent there. */
export const isElsewhere = (known: Remote | undefined, body: Body): boolean => known !== undefined && (known.host !== body.host || known.protocol !== body.protocol || (known.port ?? null) !== (body.port ?? null));
