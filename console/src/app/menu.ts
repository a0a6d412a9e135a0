// The map of pages. A page that is not built is not here; one that the profile may not open is not shown.
import { msg } from "@lingui/core/macro";
import type { MessageDescriptor } from "@lingui/core";
import { ArrowLeftRight, ClipboardList, Clock, Inbox, type LucideIcon, MapPin, Route, Settings, Users } from "lucide-react";
import type { Permission } from "./session";

export type MenuPage = { to: string; label: MessageDescriptor; anyOf: Permission[] };
export type MenuItem = { id: string; label: MessageDescriptor; icon: LucideIcon; pages: MenuPage[] };

export const MENU: MenuItem[] = [
    {
        id: "despacho",
        label: msg`Despacho`,
        icon: Route,
        pages: [{ to: "/tablero", label: msg`Tablero`, anyOf: ["view_tasks", "manage_tasks"] }],
    },
    {
        id: "jornadas",
        label: msg`Jornadas`,
        icon: Clock,
        pages: [
            { to: "/jornadas/dia", label: msg`Día`, anyOf: ["view_timesheets"] },
            { to: "/jornadas/semana", label: msg`Semana`, anyOf: ["view_timesheets"] },
            { to: "/jornadas/periodos", label: msg`Periodos`, anyOf: ["close_periods"] },
        ],
    },
    {
        id: "lugares",
        label: msg`Lugares`,
        icon: MapPin,
        pages: [{ to: "/lugares", label: msg`Lugares`, anyOf: ["view_pois", "manage_pois"] }],
    },
    {
        id: "equipo",
        label: msg`Equipo`,
        icon: Users,
        pages: [
            { to: "/equipo/empleados", label: msg`Empleados`, anyOf: ["view_employees"] },
            { to: "/equipo/grupos", label: msg`Grupos`, anyOf: ["view_employees"] },
            { to: "/equipo/perfiles", label: msg`Perfiles de empleados`, anyOf: ["view_employees"] },
            { to: "/equipo/telefonos", label: msg`Teléfonos`, anyOf: ["manage_installations"] },
            { to: "/equipo/mensajes", label: msg`Mensajes`, anyOf: ["view_messages"] },
        ],
    },
    {
        id: "formularios",
        label: msg`Formularios`,
        icon: ClipboardList,
        pages: [
            { to: "/formularios/formularios", label: msg`Formularios`, anyOf: ["view_definitions"] },
            { to: "/formularios/tipos-de-tarea", label: msg`Tipos de tarea`, anyOf: ["view_definitions"] },
            { to: "/formularios/tablas", label: msg`Tablas`, anyOf: ["view_definitions"] },
        ],
    },
    {
        id: "integraciones",
        label: msg`Integraciones`,
        icon: ArrowLeftRight,
        pages: [
            { to: "/integraciones/importar", label: msg`Importar`, anyOf: ["run_imports"] },
            { to: "/integraciones/planillas", label: msg`Planillas`, anyOf: ["run_imports"] },
            { to: "/integraciones/historial", label: msg`Historial`, anyOf: ["run_imports"] },
            { to: "/integraciones/notificaciones", label: msg`Notificaciones`, anyOf: ["manage_channels"] },
            {
                to: "/integraciones/intercambio",
                label: msg`Intercambio de archivos`,
                anyOf: ["view_transfers", "manage_exchange", "manage_keys"],
            },
            { to: "/integraciones/servicios-web", label: msg`Servicios web`, anyOf: ["manage_keys", "view_calls"] },
        ],
    },
    {
        id: "bandeja",
        label: msg`Bandeja`,
        icon: Inbox,
        pages: [{ to: "/bandeja", label: msg`Bandeja`, anyOf: ["view_tasks", "manage_tasks", "view_entries", "manage_channels", "manage_installations", "run_imports", "manage_templates", "manage_account"] }],
    },
    {
        id: "ajustes",
        label: msg`Ajustes`,
        icon: Settings,
        pages: [
            { to: "/ajustes/usuarios", label: msg`Usuarios`, anyOf: ["manage_users"] },
            { to: "/ajustes/perfiles", label: msg`Perfiles de usuarios`, anyOf: ["manage_users"] },
            { to: "/ajustes/cuenta", label: msg`Cuenta`, anyOf: ["manage_account"] },
            { to: "/ajustes/reglas-de-jornada", label: msg`Reglas de jornada`, anyOf: ["view_timesheets"] },
            { to: "/ajustes/dias-no-laborables", label: msg`Días no laborables`, anyOf: ["view_employees"] },
            { to: "/ajustes/cuenta-propia", label: msg`Mi cuenta`, anyOf: [] },
        ],
    },
];

/** What somebody with these permissions sees of the menu. */
export function menuFor(permissions: readonly Permission[]): MenuItem[] {
    const open = (page: MenuPage) => page.anyOf.length === 0 || page.anyOf.some((permission) => permissions.includes(permission));
    return MENU.map((item) => ({ ...item, pages: item.pages.filter(open) })).filter((item) => item.pages.length > 0);
}
