// A key as its form holds it, without a screen.
import type { Body } from "~/app/changes";
import { instantOf, localOf } from "~/app/civil";
import type { Permission } from "~/app/session";
import { codeOf, linesOf } from "~/app/words";
import type { Key } from "./queries";

export type KeyDraft = { code: string; name: string; permissions: Permission[]; networks: string; ends: string; tokenRule: "allowed" | "required" | "off"; enabled: boolean };

export const keyDraft = (zone: string) => (key?: Key): KeyDraft => ({
    code: key?.code ?? "",
    name: key?.name ?? "",
    permissions: [...(key?.permissions ?? [])].sort(),
    networks: (key?.networks ?? []).join("\n"),
    ends: key?.expires_at ? localOf(key.expires_at, zone) : "",
    tokenRule: key?.token_rule ?? "allowed",
    enabled: key?.state !== "disabled",
});

export const keyBody = (zone: string) => (draft: KeyDraft): Body => ({
    code: draft.code.trim() || codeOf(draft.name),
    name: draft.name.trim(),
    permissions: [...draft.permissions].sort(),
    networks: linesOf(draft.networks),
    ...(draft.ends ? { expires_at: instantOf(draft.ends, zone) ?? draft.ends } : {}),
    token_rule: draft.tokenRule,
    state: draft.enabled ? "enabled" : "disabled",
});
