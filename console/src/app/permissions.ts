// The permissions in plain words.
import { t } from "@lingui/core/macro";
import type { Permission } from "./session";

export function permissionLabel(permission: Permission): string {
    const labels: Record<Permission, string> = {
        manage_account: t`Cambiar la cuenta y sus ajustes`,
        manage_users: t`Administrar usuarios y perfiles`,
        manage_keys: t`Administrar claves de sistemas`,
        manage_installations: t`Administrar teléfonos`,
        view_employees: t`Ver empleados`,
        manage_employees: t`Administrar empleados`,
        view_tasks: t`Ver tareas`,
        manage_tasks: t`Administrar tareas`,
        view_pois: t`Ver lugares`,
        manage_pois: t`Administrar lugares`,
        view_definitions: t`Ver formularios y tipos de tarea`,
        manage_definitions: t`Administrar formularios y tipos de tarea`,
        view_entries: t`Ver lo capturado en los teléfonos`,
        view_timesheets: t`Ver jornadas`,
        correct_time: t`Corregir marcaciones`,
        close_periods: t`Cerrar y reabrir periodos`,
        view_messages: t`Ver mensajes`,
        send_messages: t`Enviar mensajes`,
        run_imports: t`Importar`,
        manage_templates: t`Administrar planillas de integración`,
        manage_channels: t`Administrar notificaciones`,
        view_deliveries: t`Ver entregas de notificaciones`,
        view_calls: t`Ver el registro de llamadas`,
        manage_exchange: t`Administrar el intercambio de archivos`,
        view_transfers: t`Ver los archivos intercambiados`,
        use_file_exchange: t`Intercambiar archivos`,
        use_web_services: t`Usar los servicios web`,
        hand_in: t`Entregar lo capturado`,
    };
    return labels[permission] ?? permission;
}
