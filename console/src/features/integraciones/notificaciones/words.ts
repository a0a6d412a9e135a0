// Events, states and what goes wrong with a receiver, in plain words.
import { plural, t } from "@lingui/core/macro";
import { Ban, CircleCheck, Clock, type LucideIcon, Pause, RefreshCw, TriangleAlert } from "lucide-react";
import { kindLabel } from "~/app/kinds";
import type { Family } from "~/ui";
import type { Channel } from "./queries";

/** The kinds of events of this release, in the order in which people think of them. */
export const EVENTS = ["entry.complete", "entry.added", "task.created", "task.changed", "task.deleted"] as const;

export function eventLabel(kind: string): string {
    const labels: Record<string, string> = {
        "entry.added": t`Captura recibida`,
        "entry.complete": t`Captura completa, con sus archivos`,
        "task.created": t`Tarea creada`,
        "task.changed": t`Tarea cambiada`,
        "task.deleted": t`Tarea eliminada`,
        "channel.test": t`Prueba`,
    };
    return labels[kind] ?? kind;
}

/** Kinds of entries as OfficeTrack numbers them. */
export const documentLabel = (kind: string): string => (kind === "form.task" ? t`Formulario dentro de una tarea` : kindLabel(kind));

/** `status_500` and `timed_out` as a sentence, where the server said none. */
export function problemWords(problem: string | null | undefined): string | undefined {
    if (!problem) return undefined;
    const status = /^status_(\d+)$/.exec(problem)?.[1];
    if (status) return t`El receptor contestó con el estado ${status}.`;
    const words: Record<string, string> = {
        not_acknowledged: t`El receptor no contestó con el texto acordado.`,
        invalid_url: t`La dirección no se puede usar.`,
        plain_http: t`La dirección no usa TLS, y este servidor no lo permite.`,
        address_refused: t`La dirección está en una red a la que este servidor no puede llegar.`,
        unknown_host: t`El nombre de la dirección no se conoce.`,
        port_refused: t`El puerto de la dirección es el de otro servicio.`,
        no_connection: t`Nadie contesta en la dirección.`,
        tls: t`La conexión TLS falló.`,
        no_tls: t`El receptor no habla TLS en ese puerto.`,
        certificate_expired: t`El certificado del receptor está fuera de plazo.`,
        certificate_name: t`El certificado del receptor es para otro nombre.`,
        certificate_issuer: t`El certificado del receptor lo emitió alguien en quien no se confía.`,
        timed_out: t`El receptor no contestó a tiempo.`,
        broken_off: t`La conexión se cortó antes de que la respuesta estuviera completa.`,
        destination_missing: t`La carpeta de destino ya no existe: se eliminó la clave, el agente o el servidor del cliente.`,
        name_taken: t`En la carpeta hay demasiados archivos con el mismo nombre que nadie retiró.`,
        storage_full: t`No queda espacio para archivos.`,
        unavailable: t`Campo no lo pudo entregar; se vuelve a intentar.`,
        mail_not_set: t`Este servidor no envía correos: quien lo opera no puso un servidor de correo.`,
        mail_server: t`El servidor de correo no responde o rechaza todo; se vuelve a intentar.`,
        no_recipient: t`Ningún destinatario confirmó todavía con el enlace que se le envió.`,
        too_many_mails: t`Hoy no se pueden enviar más correos; sigue por sí solo.`,
        cannot_be_rendered: t`De este evento no se puede hacer una notificación.`,
    };
    return words[problem] ?? problem;
}

/** Events that are in the log behind what the channel has taken. */
export const behind = ({ progress }: Channel): number => Math.max(0, progress.last_position - progress.position);

export type Standing = { family: Family; icon: LucideIcon; words: string; needsSomebody: boolean };

function failing({ kind, progress }: Channel): string {
    if (progress.problem === "no_recipient") return t`Nadie lo confirmó todavía`;
    return kind === "folder" ? t`No se puede dejar, se reintenta` : t`Sin respuesta, se reintenta`;
}

export function standing(channel: Channel): Standing {
    const { state, reason, progress } = channel;
    if (state === "disabled") return { family: "refused", icon: Ban, words: reason === "gone" ? t`Abandonado: el receptor ya no existe` : t`Desactivado`, needsSomebody: reason === "gone" };
    if (state === "paused") return { family: "wait", icon: Pause, words: t`En pausa`, needsSomebody: false };
    if (progress.failures > 0) return { family: "late", icon: TriangleAlert, words: failing(channel), needsSomebody: true };
    if (progress.not_delivered > 0) return { family: "refused", icon: TriangleAlert, words: plural(progress.not_delivered, { one: "# sin entregar", other: "# sin entregar" }), needsSomebody: true };
    if (progress.waiting > 0) return { family: "wait", icon: RefreshCw, words: plural(progress.waiting, { one: "# se reintenta", other: "# se reintentan" }), needsSomebody: false };
    if (behind(channel) > 0) return { family: "on-way", icon: Clock, words: plural(behind(channel), { one: "Falta # evento", other: "Faltan # eventos" }), needsSomebody: false };
    return { family: "past", icon: CircleCheck, words: t`Al día`, needsSomebody: false };
}
