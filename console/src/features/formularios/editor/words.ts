// The kinds of questions, in plain words and pictures.
import { t } from "@lingui/core/macro";
import { Calendar, Camera, CircleDot, Hash, ListChecks, type LucideIcon, MapPin, PenLine, Table2, Type } from "lucide-react";
import type { Kind } from "./draft";

export const KIND_ICONS: Record<Kind, LucideIcon> = { text: Type, number: Hash, date: Calendar, choice: CircleDot, choices: ListChecks, location: MapPin, photo: Camera, signature: PenLine, table: Table2 };

export const kindLabels = (): Record<Kind, string> => ({ text: t`Texto`, number: t`Número`, date: t`Fecha`, choice: t`Elegir una`, choices: t`Elegir varias`, location: t`Ubicación`, photo: t`Fotos`, signature: t`Firma`, table: t`Tabla` });

/** What the least and the most mean for a kind. */
export const limitLabels = (kind: Kind): [least: string, most: string] => {
    const words: Partial<Record<Kind, [string, string]>> = {
        number: [t`Valor mínimo`, t`Valor máximo`],
        text: [t`Letras, al menos`, t`Letras, como mucho`],
        choices: [t`Elegir al menos`, t`Elegir como mucho`],
        photo: [t`Fotos, al menos`, t`Fotos, como mucho`],
        table: [t`Filas, al menos`, t`Filas, como mucho`],
    };
    return words[kind] ?? ["", ""];
};
