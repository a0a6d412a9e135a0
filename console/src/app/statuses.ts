// Statuses and priorities of tasks, in plain words.
import { t } from "@lingui/core/macro";

export const statusLabels = (): Record<string, string> => ({
    new: t`Nueva`,
    sent: t`Avisada`,
    acknowledged: t`Vista`,
    in_progress: t`En curso`,
    suspended: t`En pausa`,
    closed: t`Hecha`,
    canceled: t`Retirada`,
    not_done: t`No realizada`,
    en_route: t`En camino`,
    loading: t`Cargando`,
    unloading: t`Descargando`,
    draft: t`Borrador`,
    declined: t`Rechazada`,
    arrived: t`En el sitio`,
    ready_for_review: t`Por revisar`,
    ready_for_approval: t`Por aprobar`,
    custom1: t`Propio 1`,
    custom2: t`Propio 2`,
    custom3: t`Propio 3`,
    custom4: t`Propio 4`,
});

export const priorityLabels = (): Record<string, string> => ({ not_set: t`Sin prioridad`, lowest: t`Muy baja`, low: t`Baja`, normal: t`Normal`, high: t`Alta`, highest: t`Muy alta`, urgent: t`Urgente` });
