// Each mark of a day has one face: icon, word, colour.
import { useLingui } from "@lingui/react/macro";
import { CircleAlert, CircleHelp, Coffee, Globe, History, type LucideIcon, PenLine, Plus, Scale, Smartphone, WifiOff } from "lucide-react";
import { type Family, Status } from "~/ui";
import type { Mark } from "./model";

const FACES: Record<Mark, [LucideIcon, Family]> = {
    out_missing: [CircleAlert, "late"],
    in_missing: [CircleAlert, "late"],
    proposed: [CircleHelp, "wait"],
    clock: [History, "wait"],
    break: [Coffee, "wait"],
    phones: [Smartphone, "wait"],
    zone: [Globe, "wait"],
    late: [WifiOff, "wait"],
    added: [PenLine, "set-aside"],
    corrected: [PenLine, "set-aside"],
    adjusted: [Scale, "set-aside"],
    extra: [Plus, "wait"],
};

export function useMarkWords(): Record<Mark, string> {
    const { t } = useLingui();
    return {
        out_missing: t`falta la salida`,
        in_missing: t`falta la entrada`,
        proposed: t`corrección por responder`,
        clock: t`reloj corregido`,
        break: t`pausa por revisar`,
        phones: t`varios teléfonos`,
        zone: t`zona horaria distinta`,
        late: t`sin señal`,
        added: t`marcación agregada`,
        corrected: t`corregida`,
        adjusted: t`llegó tras el cierre`,
        extra: t`tiempo extra`,
    };
}

export function MarkOf({ mark, word, pill }: { mark: Mark; word?: string; pill?: boolean }) {
    const words = useMarkWords();
    const [icon, family] = FACES[mark];
    return (
        <Status family={family} icon={icon} pill={pill}>
            {word ?? words[mark]}
        </Status>
    );
}
