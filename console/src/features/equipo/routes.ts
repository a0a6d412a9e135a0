// The team: who works, in which groups, by which profiles, on which phones; what is open of a list stands in the address.
import { createRoute } from "@tanstack/react-router";
import { employeeProfilesQuery, employeesQuery, groupsQuery } from "~/app/people";
import { lazyPageOf } from "~/app/lazyPage";
import { queries } from "~/app/queries";
import { needs, rootRoute } from "~/app/root";
import { may } from "~/app/session";
import { enrolmentsQuery, installationsQuery, messagesQuery } from "./queries";

const page = lazyPageOf("equipo");

const text = (value: unknown): string | undefined => (typeof value === "string" && value !== "" ? value : typeof value === "number" ? String(value) : undefined);

export type EmployeesSearch = { q?: string; grupo?: string; persona?: string; editar?: boolean };
export type OpenSearch = { abierto?: string; q?: string };
export type PhonesSearch = OpenSearch & { estado?: string };
export type MessagesSearch = { persona?: string };

const people = () => Promise.all([queries.ensureQueryData(employeesQuery()), queries.ensureQueryData(groupsQuery()), queries.ensureQueryData(employeeProfilesQuery())]);
const open = (search: Record<string, unknown>): OpenSearch => ({ abierto: text(search.abierto), q: text(search.q) });

const employees = createRoute({
    getParentRoute: () => rootRoute,
    path: "/equipo/empleados",
    validateSearch: (search: Record<string, unknown>): EmployeesSearch => ({ q: text(search.q), grupo: text(search.grupo), persona: text(search.persona), editar: search.editar === true || undefined }),
    beforeLoad: needs("view_employees"),
    loader: people,
    component: page(() => import("./Employees"), "Employees"),
});

const groups = createRoute({
    getParentRoute: () => rootRoute,
    path: "/equipo/grupos",
    validateSearch: open,
    beforeLoad: needs("view_employees"),
    loader: people,
    component: page(() => import("./Groups"), "Groups"),
});

const profiles = createRoute({
    getParentRoute: () => rootRoute,
    path: "/equipo/perfiles",
    validateSearch: open,
    beforeLoad: needs("view_employees"),
    loader: people,
    component: page(() => import("./EmployeeProfiles"), "EmployeeProfiles"),
});

const phones = createRoute({
    getParentRoute: () => rootRoute,
    path: "/equipo/telefonos",
    validateSearch: (search: Record<string, unknown>): PhonesSearch => ({ ...open(search), estado: text(search.estado) }),
    beforeLoad: needs("manage_installations"),
    loader: () => queries.ensureQueryData(installationsQuery()),
    component: page(() => import("./Phones"), "Phones"),
});

const enrol = createRoute({
    getParentRoute: () => rootRoute,
    path: "/equipo/telefonos/inscribir",
    beforeLoad: needs("manage_installations"),
    loader: () => queries.ensureQueryData(enrolmentsQuery()),
    component: page(() => import("./Enrol"), "Enrol"),
});

const messages = createRoute({
    getParentRoute: () => rootRoute,
    path: "/equipo/mensajes",
    validateSearch: (search: Record<string, unknown>): MessagesSearch => ({ persona: text(search.persona) }),
    beforeLoad: needs("view_messages"),
    loader: () => Promise.all([queries.ensureInfiniteQueryData(messagesQuery()), may("view_employees") ? queries.ensureQueryData(employeesQuery()) : undefined]),
    component: page(() => import("./Messages"), "Messages"),
});

export const pages = [employees, groups, profiles, phones, enrol, messages];
