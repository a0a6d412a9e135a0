// A note of the office in the task's history; it also settles what was set aside for a person to see.
import { useLingui } from "@lingui/react/macro";
import { useMutation } from "@tanstack/react-query";
import { type FormEvent, useState } from "react";
import { answer, api, idempotencyKey } from "~/api/client";
import { refusalOf } from "~/api/problem";
import { queries } from "~/app/queries";
import { Button, Note } from "~/ui";
import type { Task } from "./queries";

export function TaskNote({ task }: { task: Task }) {
    const { t } = useLingui();
    const [note, setNote] = useState("");
    const noting = useMutation({
        mutationFn: () =>
            answer(api.POST("/v1/tasks/{reference}/notes", { params: { path: { reference: task.id }, header: idempotencyKey() }, body: { note: note.trim(), dismiss: (task.attention ?? []).map((one) => one.entry) } })),
        onSuccess: () => {
            setNote("");
            return queries.invalidateQueries({ queryKey: ["tasks"] });
        },
    });
    const submit = (event: FormEvent) => {
        event.preventDefault();
        if (note.trim()) noting.mutate();
    };
    return (
        <form className="note-form" onSubmit={submit}>
            {noting.isError && <Note kind="refused" alert>{refusalOf(noting.error).problem.detail}</Note>}
            <div className="row">
                <div className="inp">
                    <input aria-label={t`Nota`} placeholder={t`Escribir una nota…`} value={note} maxLength={4000} onChange={(event) => setNote(event.target.value)} dir="auto" />
                </div>
                <Button type="submit" pending={noting.isPending}>{t`Enviar`}</Button>
            </div>
        </form>
    );
}
