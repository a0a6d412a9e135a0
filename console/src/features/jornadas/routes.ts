// Working time: a day, a week, the periods. Day, group and what is open stand in the address.
import { createRoute } from "@tanstack/react-router";
import { formatIn } from "~/app/formats";
import { lazyPageOf } from "~/app/lazyPage";
import { queries } from "~/app/queries";
import { needs, rootRoute } from "~/app/root";
import { currentSession } from "~/app/session";
import { readDay, weekOf } from "./civil";
import { timesheetsQuery } from "./queries";

const page = lazyPageOf("jornadas");

export type Search = { fecha?: string; grupo?: string; marcas?: string; persona?: string; dia?: string; marcacion?: string };

const text = (value: unknown): string | undefined => (typeof value === "string" && value !== "" ? value : undefined);
const readSearch = (search: Record<string, unknown>): Search => ({
    fecha: readDay(search.fecha),
    grupo: text(search.grupo),
    marcas: text(search.marcas),
    persona: text(search.persona),
    dia: readDay(search.dia),
    marcacion: text(search.marcacion),
});

/** Today where the company counts its days. */
function today(): string {
    const session = currentSession();
    return formatIn("es", "who" in session ? session.who.account.zone : "UTC").day(Date.now());
}

const deps = ({ search }: { search: Search }) => ({ fecha: search.fecha, grupo: search.grupo });

const week = createRoute({
    getParentRoute: () => rootRoute,
    path: "/jornadas/semana",
    validateSearch: readSearch,
    beforeLoad: needs("view_timesheets"),
    loaderDeps: deps,
    loader: ({ deps: { fecha, grupo } }) => {
        const days = weekOf(fecha ?? today());
        return queries.ensureQueryData(timesheetsQuery(days[0] ?? "", days[6] ?? "", grupo));
    },
    component: page(() => import("./Week"), "Week"),
});

const day = createRoute({
    getParentRoute: () => rootRoute,
    path: "/jornadas/dia",
    validateSearch: readSearch,
    beforeLoad: needs("view_timesheets"),
    loaderDeps: deps,
    loader: ({ deps: { fecha = today(), grupo } }) => queries.ensureQueryData(timesheetsQuery(fecha, fecha, grupo)),
    component: page(() => import("./DayPage"), "DayPage"),
});

const periods = createRoute({
    getParentRoute: () => rootRoute,
    path: "/jornadas/periodos",
    beforeLoad: needs("close_periods"),
    component: page(() => import("./Periods"), "Periods"),
});

export const pages = [day, week, periods];
