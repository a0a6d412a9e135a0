// Settings: one's own account, users and their profiles.
import { createRoute } from "@tanstack/react-router";
import { lazyPageOf } from "~/app/lazyPage";
import { queries } from "~/app/queries";
import { needs, rootRoute } from "~/app/root";
import { accountQuery } from "./account";
import { freeDaysQuery, rulesQuery } from "./objects";
import { profilesQuery, usersQuery } from "./queries";

const page = lazyPageOf("ajustes");

export type FreeSearch = { abierto?: string; q?: string; anio?: string };

const own = createRoute({
    getParentRoute: () => rootRoute,
    path: "/ajustes/cuenta-propia",
    component: page(() => import("./OwnAccount"), "OwnAccount"),
});

/** Which row is open is a part of the address. */
const opened = (search: Record<string, unknown>): { abierto?: string } => (typeof search.abierto === "string" ? { abierto: search.abierto } : {});

const both = () => Promise.all([queries.ensureQueryData(usersQuery()), queries.ensureQueryData(profilesQuery())]);

const users = createRoute({
    getParentRoute: () => rootRoute,
    path: "/ajustes/usuarios",
    beforeLoad: needs("manage_users"),
    validateSearch: opened,
    loader: both,
    component: page(() => import("./Users"), "Users"),
});

const profiles = createRoute({
    getParentRoute: () => rootRoute,
    path: "/ajustes/perfiles",
    beforeLoad: needs("manage_users"),
    validateSearch: opened,
    loader: both,
    component: page(() => import("./Profiles"), "Profiles"),
});

const account = createRoute({
    getParentRoute: () => rootRoute,
    path: "/ajustes/cuenta",
    beforeLoad: needs("manage_account"),
    loader: () => queries.ensureQueryData(accountQuery()),
    component: page(() => import("./cuenta/Account"), "Account"),
});

const rules = createRoute({
    getParentRoute: () => rootRoute,
    path: "/ajustes/reglas-de-jornada",
    beforeLoad: needs("view_timesheets"),
    validateSearch: opened,
    loader: () => queries.ensureQueryData(rulesQuery()),
    component: page(() => import("./reglas/RulesPage"), "RulesPage"),
});

const freeDays = createRoute({
    getParentRoute: () => rootRoute,
    path: "/ajustes/dias-no-laborables",
    beforeLoad: needs("view_employees"),
    validateSearch: (search: Record<string, unknown>): FreeSearch => ({ ...opened(search), q: typeof search.q === "string" && search.q ? search.q : undefined, anio: /^\d{4}$/.test(String(search.anio)) ? String(search.anio) : undefined }),
    loader: () => queries.ensureQueryData(freeDaysQuery()),
    component: page(() => import("./festivos/FreeDaysPage"), "FreeDaysPage"),
});

export const pages = [own, users, profiles, account, rules, freeDays];
