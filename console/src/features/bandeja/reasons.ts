// Why something was set aside or needs a look, in plain words.
import { t } from "@lingui/core/macro";

const words = (): Record<string, string> => ({
    wrong_author: t`la mandó quien no debía`,
    unknown_task: t`es de una tarea que no se conoce`,
    unknown_employee: t`el empleado no existía`,
    body_unreadable: t`no se entiende`,
    already_created: t`ya existía`,
    already_so: t`ya estaba así`,
    late: t`llegó tarde`,
    after_end: t`después de terminada`,
    contradicting_end: t`contradice cómo terminó`,
    captured_before_office_decision: t`se registró antes de lo que decidió la oficina`,
    before_withdrawal: t`trabajo hecho antes de retirarla`,
    after_withdrawal: t`trabajo hecho después de retirarla`,
    after_office_close: t`después de que la oficina la cerró`,
    before_reassignment: t`antes de reasignarla`,
    former_employee: t`de quien ya no la tiene`,
    not_assigned: t`de quien no la tiene`,
    blocked_outside_radius: t`bloqueada: fuera del radio`,
    unknown_kind: t`de una clase que este servidor no conoce`,
    unreadable: t`no se entiende`,
});

export const reasonLabel = (reason: string): string => words()[reason] ?? reason;
