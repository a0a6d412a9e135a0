// The filter of the board as the address holds it. Lists leave out what it excludes, the axis dims it.
import { folded } from "~/app/words";
import { type Face, face, placeOf } from "./model";
import type { Task } from "./queries";

export type BoardSearch = {
    /** The civil day; today where it is absent. */
    dia?: string;
    /** The task whose drawer is open, by its id; `nueva` for one that is being written. */
    tarea?: string;
    editar?: boolean;
    grupo?: string;
    tipo?: string;
    tecnico?: string;
    estado?: State;
    q?: string;
    sin_punto?: boolean;
    vista?: View;
};

export const STATES = ["abiertas", "sin_asignar", "atrasadas", "fuera_del_telefono", "en_curso", "hechas", "rechazadas", "apartadas"] as const;
export type State = (typeof STATES)[number];
export const VIEWS = ["atencion", "tareas", "tecnicos", "mapa"] as const;
export type View = (typeof VIEWS)[number];

const FACES: Record<State, (is: Face) => boolean> = {
    abiertas: (is) => !["done", "withdrawn", "refused"].includes(is),
    sin_asignar: (is) => is === "unassigned",
    atrasadas: (is) => is === "late",
    fuera_del_telefono: (is) => is === "not_yet",
    en_curso: (is) => is === "working" || is === "on_way" || is === "paused",
    hechas: (is) => is === "done",
    rechazadas: (is) => is === "refused",
    apartadas: (is) => is === "attention",
};

/** Reads what stands in an address, whoever wrote it. */
export function readSearch(raw: Record<string, unknown>): BoardSearch {
    const text = (key: string) => (typeof raw[key] === "string" && raw[key] !== "" ? raw[key].slice(0, 200) : typeof raw[key] === "number" ? String(raw[key]) : undefined);
    const among = <T extends string>(key: string, known: readonly T[]) => known.find((each) => each === raw[key]);
    const day = text("dia");
    const read: BoardSearch = {
        dia: day && /^\d{4}-\d{2}-\d{2}$/.test(day) && !Number.isNaN(Date.parse(day)) ? day : undefined,
        tarea: text("tarea"),
        editar: raw.editar === true || undefined,
        grupo: text("grupo"),
        tipo: text("tipo"),
        tecnico: text("tecnico"),
        estado: among("estado", STATES),
        q: text("q"),
        sin_punto: raw.sin_punto === true || undefined,
        vista: among("vista", VIEWS),
    };
    return Object.fromEntries(Object.entries(read).filter(([, value]) => value !== undefined));
}

export type Filter = Pick<BoardSearch, "grupo" | "tipo" | "tecnico" | "estado" | "q" | "sin_punto">;

export const filterOf = ({ grupo, tipo, tecnico, estado, q, sin_punto }: BoardSearch): Filter => ({ grupo, tipo, tecnico, estado, q, sin_punto });

export const isFiltered = (filter: Filter) => Object.values(filter).some((value) => value !== undefined);

/** What decides whether a task passes; `members` are the employees of the group and of those below it. */
export function passes(filter: Filter, members: ReadonlySet<string> | undefined, now: number): (task: Task) => boolean {
    const words = filter.q ? folded(filter.q).split(/\s+/).filter(Boolean) : [];
    return (task) => {
        const { assignments } = task.progress;
        if (filter.tipo && task.links?.type?.id !== filter.tipo) return false;
        if (filter.tecnico && !assignments.some((one) => one.employee === filter.tecnico)) return false;
        if (members && assignments.length > 0 && !assignments.some((one) => members.has(one.employee))) return false;
        if (filter.sin_punto && placeOf(task)) return false;
        if (filter.estado && !FACES[filter.estado](face(task, now))) return false;
        if (words.length > 0) {
            const text = folded([task.task_number, task.external_number, task.customer_name, task.description, task.location?.address, task.contact_name, ...assignments.map((one) => one.name)].join(" "));
            if (!words.every((word) => text.includes(word))) return false;
        }
        return true;
    };
}
