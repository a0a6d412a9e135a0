// What the rows of a file become: its words, the permission that it takes, and where it is seen afterwards.
import { useLingui } from "@lingui/react/macro";
import type { Permission } from "~/app/session";
import type { Makes } from "./queries";

export type MakesWords = {
    id: Makes;
    /** Of many, with a capital. */
    many: string;
    /** Of one, within a sentence. */
    one: string;
    /** Of one, with a capital. */
    One: string;
    detail: string;
    permission: Permission;
    /** What the permission is called. */
    permissionName: string;
    page: "/tablero" | "/lugares" | "/equipo/empleados" | "/equipo/grupos" | "/ajustes/dias-no-laborables" | "/formularios/tablas";
    goThere: string;
    /** Why a column with its number helps. */
    keyHelp: string;
};

export function useMakes(): readonly MakesWords[] {
    const { t } = useLingui();
    return [
        {
            id: "tasks",
            many: t`Tareas`,
            one: t`una tarea`,
            One: t`Una tarea`,
            detail: t`Si el archivo lo dice, también su punto de interés.`,
            permission: "manage_tasks",
            permissionName: t`Administrar tareas`,
            page: "/tablero",
            goThere: t`Ir al tablero`,
            keyHelp: t`Una columna con el número de la tarea evita que se repitan al volver a importar.`,
        },
        {
            id: "pois",
            many: t`Puntos de interés`,
            one: t`un punto de interés`,
            One: t`Un punto de interés`,
            detail: t`Clientes, sedes o lugares que se visitan, también con su área.`,
            permission: "manage_pois",
            permissionName: t`Administrar lugares`,
            page: "/lugares",
            goThere: t`Ir a los lugares`,
            keyHelp: t`Una columna con el número del lugar evita que se repitan al volver a importar.`,
        },
        {
            id: "employees",
            many: t`Empleados`,
            one: t`un empleado`,
            One: t`Un empleado`,
            detail: t`Quienes trabajan en campo, con su número y su grupo.`,
            permission: "manage_employees",
            permissionName: t`Administrar empleados`,
            page: "/equipo/empleados",
            goThere: t`Ir a los empleados`,
            keyHelp: t`Una columna con el número del empleado evita que se repitan al volver a importar.`,
        },
        {
            id: "groups",
            many: t`Grupos`,
            one: t`un grupo`,
            One: t`Un grupo`,
            detail: t`Los grupos de empleados, también dentro de otros.`,
            permission: "manage_employees",
            permissionName: t`Administrar empleados`,
            page: "/equipo/grupos",
            goThere: t`Ir a los grupos`,
            keyHelp: t`Una columna con el código del grupo evita que se repitan al volver a importar.`,
        },
        {
            id: "non_working_days",
            many: t`Días no laborables`,
            one: t`un día no laborable`,
            One: t`Un día no laborable`,
            detail: t`Feriados y descansos de la empresa, de grupos o de personas.`,
            permission: "manage_employees",
            permissionName: t`Administrar empleados`,
            page: "/ajustes/dias-no-laborables",
            goThere: t`Ir a los días no laborables`,
            keyHelp: t`Sin códigos, cada día se reconoce por su fecha y su nombre.`,
        },
        {
            id: "catalogue_items",
            many: t`Tablas de formularios`,
            one: t`un elemento de una tabla de formularios`,
            One: t`Un elemento de una tabla de formularios`,
            detail: t`Listas de las que se elige al llenar un formulario: ciudades, causas, materiales.`,
            permission: "manage_definitions",
            permissionName: t`Administrar formularios y tipos de tarea`,
            page: "/formularios/tablas",
            goThere: t`Ir a las tablas`,
            keyHelp: t`Cada fila necesita su código dentro de la tabla.`,
        },
    ];
}

/** The words of one. */
export function useMakesOf(makes: Makes): MakesWords {
    const all = useMakes();
    // A server of a later release may import more: it is shown as tasks are, under its own name.
    return all.find((one) => one.id === makes) ?? { ...all[0]!, id: makes, many: makes, one: makes, One: makes };
}
