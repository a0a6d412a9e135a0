// What a task shall be, as the office decides it, whatever it was; the reason is read by whoever looks at its history.
import { plural } from "@lingui/core/macro";
import { Trans, useLingui } from "@lingui/react/macro";
import { useState } from "react";
import type { Schemas } from "~/api/client";
import { Button, Dialog, RadioGroup, TextField } from "~/ui";
import type { Task } from "./queries";
import { titleOf, useWords } from "./words";

type Status = Schemas["Status"];

const CHOICES: Status[] = ["new", "en_route", "in_progress", "suspended", "closed", "not_done", "canceled"];

export function StatusDialog({ tasks, onClose, onStatus }: { tasks: Task[]; onClose: () => void; onStatus: (status: Status, word: string, reason?: string) => void }) {
    const { t } = useLingui();
    const words = useWords();
    const now = tasks.length === 1 ? tasks[0]?.progress.status : undefined;
    const [status, setStatus] = useState<Status | null>(null);
    const [reason, setReason] = useState("");
    const details: Partial<Record<Status, string>> = { new: t`vuelve a empezar, en el teléfono de quien la tiene`, canceled: t`sale de los teléfonos; lo que ya se hizo queda guardado` };
    const subject = tasks.length === 1 ? `${tasks[0]?.task_number} · ${titleOf(tasks[0]!)}` : plural(tasks.length, { one: "# tarea", other: "# tareas" });
    const apply = () => status && onStatus(status, words.status[status] ?? status, reason.trim() || undefined);
    return (
        <Dialog
            title={t`Cambiar estado`}
            open
            onClose={onClose}
            leave
            foot={
                <Button look="primary" reason={status ? undefined : t`Elija un estado.`} onPress={apply}>
                    <Trans>Cambiar</Trans>
                </Button>
            }
        >
            <p className="dim" dir="auto">
                {subject}
            </p>
            <RadioGroup label={t`Estado`} hideLabel options={CHOICES.filter((each) => each !== now).map((id) => ({ id, label: words.status[id] ?? id, detail: details[id] }))} value={status} onChange={(id) => setStatus(id as Status)} />
            <TextField label={t`Motivo`} optional value={reason} onChange={setReason} maxLength={500} />
        </Dialog>
    );
}
