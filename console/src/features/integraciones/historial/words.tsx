// States and outcomes of imports, each with one face everywhere.
import { t } from "@lingui/core/macro";
import { Ban, CircleCheck, CircleX, Equal, Loader, type LucideIcon, Minus, Pencil, Plus, TriangleAlert } from "lucide-react";
import { useQuery } from "@tanstack/react-query";
import { useMay, useWho } from "~/app/session";
import { type Family, Status } from "~/ui";
import { templatesQuery } from "../importar/queries";
import { type Author, type Outcome, type Run, usersQuery } from "./queries";

type Face = { family: Family; icon: LucideIcon; label: string };

function stateFace(run: Run): Face {
    if (run.state === "done" && run.refused > 0) return { family: "late", icon: TriangleAlert, label: t`Terminada, con rechazos` };
    const faces: Record<Run["state"], Face> = {
        waiting: { family: "not-yet", icon: Loader, label: t`En cola` },
        reading: { family: "working", icon: Loader, label: t`Leyendo el archivo` },
        applying: { family: "working", icon: Loader, label: t`Importando` },
        done: { family: "done", icon: CircleCheck, label: t`Terminada` },
        failed: { family: "refused", icon: CircleX, label: t`No se pudo` },
        stopped: { family: "withdrawn", icon: Ban, label: t`Detenida` },
    };
    return faces[run.state];
}

export const stateLabel = (run: Run): string => stateFace(run).label;

export function RunState({ run, pill }: { run: Run; pill?: boolean }) {
    const { family, icon, label } = stateFace(run);
    return (
        <Status family={family} icon={icon} pill={pill}>
            {label}
        </Status>
    );
}

const outcomeFaces = (): Record<Outcome, Face> => ({
    created: { family: "working", icon: Plus, label: t`Creada` },
    updated: { family: "on-phone", icon: Pencil, label: t`Cambiada` },
    unchanged: { family: "past", icon: Equal, label: t`Sin cambios` },
    refused: { family: "refused", icon: CircleX, label: t`Rechazada` },
    skipped: { family: "past", icon: Minus, label: t`No es un dato` },
    pending: { family: "not-yet", icon: Loader, label: t`Sin importar` },
});

export const outcomeLabel = (outcome: Outcome): string => outcomeFaces()[outcome].label;
export const OUTCOMES: Outcome[] = ["refused", "created", "updated", "unchanged", "skipped", "pending"];

/** `would`: what would become of a row. */
export function OutcomeMark({ outcome, would }: { outcome: Outcome; would?: boolean }) {
    const { family, icon, label } = outcomeFaces()[outcome];
    return (
        <Status family={family} icon={icon}>
            {would && outcome === "created" ? t`Nueva` : would && outcome === "updated" ? t`Cambia` : label}
        </Status>
    );
}

/** How authors are called: oneself, a colleague where one may know them, or what they are. */
export function useAuthor(): (author: Author) => string {
    const who = useWho();
    const users = useQuery({ ...usersQuery(), enabled: useMay("manage_users") }).data;
    return ({ kind, id }) => {
        if (kind === "user") return id === who.id ? t`Usted` : (users?.find((user) => user.id === id)?.name ?? t`Otra persona de la oficina`);
        if (kind === "key") return t`Un sistema, por la API`;
        if (kind === "intake") return t`Intercambio de archivos`;
        return t`Campo`;
    };
}

/** What people call a template, by its name as it is now; by its code where it is gone. */
export function useTemplateNames(): (template: { id: string; code: string }) => string {
    const known = useQuery(templatesQuery()).data;
    return ({ id, code }) => known?.find((one) => one.id === id)?.name || code;
}
