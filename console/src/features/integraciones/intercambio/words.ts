// How far a file or a run is, in icon and words.
import { t } from "@lingui/core/macro";
import { Archive, Ban, CircleAlert, CircleCheck, CircleDashed, CircleX, Clock, Download, FileQuestion, Fingerprint, type LucideIcon, Pause, Play, Replace, WifiOff } from "lucide-react";
import type { Family } from "~/ui";
import type { Agent, Received, Remote, Run } from "./queries";

export type Face = { family: Family; icon: LucideIcon; words: string };

export const RECEIVED_STATES: Received["state"][] = ["parked", "unmatched", "failed", "importing", "waiting", "done", "replaced", "dismissed"];

export function receivedFace(state: Received["state"]): Face {
    const faces: Record<Received["state"], Face> = {
        parked: { family: "late", icon: CircleAlert, words: t`Espera por usted` },
        unmatched: { family: "set-aside", icon: FileQuestion, words: t`Sin entrada` },
        failed: { family: "refused", icon: CircleX, words: t`Falló` },
        importing: { family: "working", icon: Play, words: t`Importando` },
        waiting: { family: "wait", icon: Clock, words: t`En la fila` },
        done: { family: "past", icon: CircleCheck, words: t`Importado` },
        replaced: { family: "past", icon: Replace, words: t`Reemplazado por otro` },
        dismissed: { family: "withdrawn", icon: Archive, words: t`No se importa` },
    };
    return faces[state];
}

export function runFace(state: Run["state"]): Face {
    const faces: Record<Run["state"], Face> = {
        making: { family: "working", icon: Play, words: t`Haciéndose` },
        made: { family: "on-phone", icon: CircleCheck, words: t`Lista` },
        empty: { family: "past", icon: CircleDashed, words: t`Sin filas, sin archivo` },
        taken: { family: "past", icon: Download, words: t`Recogida` },
        failed: { family: "refused", icon: Ban, words: t`Falló` },
    };
    return faces[state];
}

export const wayLabel = (way: string): string => ({ sftp: "SFTP", ftp: "FTP", remote: t`Servidor del cliente`, agent: t`Agente` })[way] ?? way;

export function remoteFace(remote: Remote): Face {
    if (remote.state === "disabled") return { family: "wait", icon: Pause, words: t`En pausa` };
    if (remote.offered_fingerprint) return { family: "late", icon: Fingerprint, words: t`Otra identidad` };
    if (remote.problem) return { family: "refused", icon: CircleX, words: t`Con problemas` };
    if (!remote.reached_at) return { family: "not-yet", icon: CircleDashed, words: t`Sin visitar` };
    return { family: "past", icon: CircleCheck, words: t`Al día` };
}

/** A program that runs reports more often than this. */
const SILENT_MS = 10 * 60_000;

export function agentFace(agent: Agent, now = Date.now()): Face {
    if (agent.state === "disabled") return { family: "wait", icon: Pause, words: t`En pausa` };
    if (!agent.enrolled) return { family: "not-yet", icon: CircleDashed, words: t`Sin instalar` };
    if (!agent.seen_at || now - Date.parse(agent.seen_at) > SILENT_MS) return { family: "silent", icon: WifiOff, words: t`Sin noticias` };
    if (agent.report?.problems?.length) return { family: "refused", icon: CircleX, words: t`Con problemas` };
    return { family: "past", icon: CircleCheck, words: t`Al día` };
}
