// What phones and the office write into the log, in plain words.
import { t } from "@lingui/core/macro";

const words = (): Record<string, string> => ({
    "shift.start": t`Entrada`,
    "shift.end": t`Salida`,
    "break.start": t`Empieza la pausa`,
    "break.end": t`Termina la pausa`,
    "punch.correction": t`Corrección de una marcación`,
    "punch.agreement": t`Respuesta a una corrección`,
    "task.acknowledge": t`Tarea aceptada`,
    "task.en_route": t`En camino`,
    "task.arrive": t`Llegada`,
    "task.load": t`Carga`,
    "task.unload": t`Descarga`,
    "task.start": t`Tarea iniciada`,
    "task.suspend": t`Tarea en pausa`,
    "task.end": t`Trabajo terminado`,
    "task.close": t`Tarea cerrada`,
    "task.not_done": t`Tarea no realizada`,
    "task.decline": t`Tarea rechazada`,
    "task.review": t`Tarea para revisar`,
    "task.approval": t`Tarea aprobada`,
    "task.custom1": t`Estado propio 1`,
    "task.custom2": t`Estado propio 2`,
    "task.custom3": t`Estado propio 3`,
    "task.custom4": t`Estado propio 4`,
    "task.blocked": t`Intento fuera del radio`,
    form: t`Formulario`,
    photo: t`Foto`,
    message: t`Mensaje del empleado`,
    track: t`Recorrido`,
    "session.open": t`Sesión abierta en el teléfono`,
    "session.close": t`Sesión cerrada en el teléfono`,
    discarded: t`Trabajo descartado`,
    "task.created": t`Tarea creada`,
    "task.status_set": t`Estado puesto por la oficina`,
    "task.assigned": t`Tarea asignada`,
    "task.noted": t`Nota`,
    "message.read": t`Mensajes leídos`,
    "message.sent": t`Mensaje de la oficina`,
    "period.closed": t`Periodo cerrado`,
    "period.reopened": t`Periodo reabierto`,
    erased: t`Borrado`,
    unknown: t`Contenido que no se entiende`,
});

export const kindLabel = (kind: string): string => words()[kind] ?? kind;

/** What a profile of employees can allow or not. */
export const CAPTURED = [
    "shift.start", "shift.end", "break.start", "break.end", "punch.correction", "punch.agreement",
    "task.acknowledge", "task.en_route", "task.arrive", "task.load", "task.unload", "task.start", "task.suspend", "task.end", "task.close", "task.not_done", "task.decline", "task.review", "task.approval",
    "task.custom1", "task.custom2", "task.custom3", "task.custom4", "form", "photo", "message", "track",
] as const;

/** What is marked on an entry without changing its effect. */
export const markLabel = (mark: string): string =>
    ({
        sequence_gap: t`Antes de ella faltan entradas del teléfono`,
        clone: t`Dos teléfonos usan la misma inscripción`,
        revoked: t`El teléfono ya estaba dado de baja`,
        text_replaced: t`Tenía texto ilegible, que se reemplazó`,
        place_unusable: t`Sus coordenadas no sirven`,
        unknown_employee: t`El empleado no existía`,
    })[mark] ?? mark;
