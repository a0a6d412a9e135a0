// The permissions as an office thinks of them: by the work they belong to, the harmless one first.
import { t } from "@lingui/core/macro";
import type { Permission } from "./session";

export type PermissionGroup = { id: string; label: string; permissions: Permission[] };

export const permissionGroups = (): PermissionGroup[] => [
    { id: "despacho", label: t`Despacho`, permissions: ["view_tasks", "manage_tasks", "view_entries", "view_messages", "send_messages"] },
    { id: "jornadas", label: t`Jornadas`, permissions: ["view_timesheets", "correct_time", "close_periods"] },
    { id: "equipo", label: t`Equipo y lugares`, permissions: ["view_employees", "manage_employees", "manage_installations", "view_pois", "manage_pois"] },
    { id: "formularios", label: t`Formularios y tipos de tarea`, permissions: ["view_definitions", "manage_definitions"] },
    { id: "integraciones", label: t`Integraciones`, permissions: ["run_imports", "manage_templates", "view_deliveries", "manage_channels", "manage_keys", "view_transfers", "manage_exchange", "use_file_exchange", "view_calls", "use_web_services"] },
    { id: "ajustes", label: t`Ajustes`, permissions: ["manage_account", "manage_users"] },
];

/** What a permission lets somebody do, where its name does not say all. */
export function permissionHelp(permission: Permission): string | undefined {
    const help: Partial<Record<Permission, string>> = {
        manage_tasks: t`Crear, cambiar, asignar y retirar.`,
        view_entries: t`Marcaciones, formularios, fotos y posiciones.`,
        correct_time: t`Y responder lo que pide el personal.`,
        manage_installations: t`Inscribir teléfonos, poner el PIN, bloquearlos.`,
        run_imports: t`Solo entra lo que además permita «Administrar tareas» o «Administrar lugares».`,
        manage_templates: t`Guardar cómo se leen las columnas de un archivo.`,
        manage_channels: t`Lo capturado sale por ellas: hace falta también «Ver lo capturado en los teléfonos».`,
        manage_keys: t`Con una clave entra otro sistema.`,
        manage_users: t`Quien lo tiene decide lo que puede cada persona.`,
    };
    return help[permission];
}
