// Corrects a punch, or adds one that is missing. What was captured stays; the timesheet shows both.
import { Trans, useLingui } from "@lingui/react/macro";
import { useMutation } from "@tanstack/react-query";
import { type FormEvent, useState } from "react";
import { type Schemas, answer, api, idempotencyKey } from "~/api/client";
import { faultAt, faultItems, refusalOf } from "~/api/problem";
import { instantOf, localOf } from "~/app/civil";
import { kindLabel } from "~/app/kinds";
import { Button, Dialog, ErrorSummary, RadioGroup, say, Select, TextArea } from "~/ui";
import { DateTimeField } from "~/ui/DateTimeField";
import { changed } from "./Corrections";
import type { Punch } from "./model";

type Kind = Schemas["PunchKind"];
const KINDS: Kind[] = ["shift.start", "break.start", "break.end", "shift.end"];

function Shell({ title, error, submittedAt, pending, act, onSubmit, onClose, children }: { title: string; error: unknown; submittedAt: number; pending: boolean; act: string; onSubmit: () => void; onClose: () => void; children: React.ReactNode }) {
    const { t } = useLingui();
    const problem = error ? refusalOf(error).problem : undefined;
    const submit = (event: FormEvent) => {
        event.preventDefault();
        onSubmit();
    };
    return (
        <Dialog
            title={title}
            open
            keep
            onClose={onClose}
            foot={
                <Button look="primary" type="submit" form="correct-form" pending={pending}>
                    {act}
                </Button>
            }
        >
            {problem && <ErrorSummary key={submittedAt} title={problem.title} detail={problem.detail} items={faultItems(error, { at: t`Hora`, kind: t`Qué es`, reason: t`Motivo` })} />}
            <form id="correct-form" className="form" onSubmit={submit} noValidate>
                {children}
            </form>
            <p className="dim">
                <Trans>Lo que se registró queda como estaba, con su evidencia; la jornada muestra las dos cosas y quién corrigió. Si la cuenta lo pide, cuenta cuando el trabajador esté de acuerdo.</Trans>
            </p>
        </Dialog>
    );
}

export function CorrectPunch({ punch, zone, onClose }: { punch: Punch; zone: string; onClose: () => void }) {
    const { t } = useLingui();
    const own = punch.clock?.zone ?? zone;
    const [change, setChange] = useState<string>("instant");
    const [at, setAt] = useState(localOf(punch.at, own));
    const [kind, setKind] = useState<Kind>(punch.kind);
    const [reason, setReason] = useState("");
    const [once] = useState(idempotencyKey);
    const instant = instantOf(at, own);
    const saving = useMutation({
        mutationFn: () => {
            const body = { change: change as Schemas["ChangeName"], reason: reason.trim(), ...(change === "instant" ? { at: instant } : {}), ...(change === "kind" ? { kind } : {}) };
            return answer(api.POST("/v1/entries/{id}/corrections", { params: { path: { id: punch.id }, header: once }, body: body as Schemas["CorrectionDraft"] }));
        },
        onSuccess: async () => {
            say(t`Corrección guardada`);
            onClose();
            await changed();
        },
    });
    const error = saving.error;
    return (
        <Shell title={t`Corregir: ${kindLabel(punch.kind)} ${localOf(punch.at, own).slice(11)}`} error={error} submittedAt={saving.submittedAt} pending={saving.isPending} act={t`Corregir`} onSubmit={() => saving.mutate()} onClose={onClose}>
            <RadioGroup
                label={t`Qué estaba mal`}
                options={[
                    { id: "instant", label: t`La hora` },
                    { id: "kind", label: t`Qué era` },
                    { id: "remove", label: t`No debía estar`, detail: t`Se quita de la jornada y queda en la historia.` },
                ]}
                value={change}
                onChange={setChange}
            />
            {change === "instant" && <DateTimeField label={t`Hora`} name="at" value={at} onChange={setAt} help={own} error={faultAt(error, "at") ?? (instant ? undefined : t`Escriba fecha y hora.`)} />}
            {change === "kind" && <Select label={t`Qué es`} name="kind" options={KINDS.map((id) => ({ id, label: kindLabel(id) }))} value={kind} onChange={(id) => setKind(id as Kind)} error={faultAt(error, "kind")} />}
            <TextArea label={t`Motivo`} name="reason" value={reason} onChange={setReason} rows={2} error={faultAt(error, "reason")} />
        </Shell>
    );
}

export function AddPunch({ employee, name, date, zone, onClose }: { employee: string; name: string; date: string; zone: string; onClose: () => void }) {
    const { t } = useLingui();
    const [kind, setKind] = useState<Kind>("shift.end");
    const [at, setAt] = useState(`${date}T17:00`);
    const [reason, setReason] = useState("");
    const [once] = useState(idempotencyKey);
    const instant = instantOf(at, zone);
    const saving = useMutation({
        mutationFn: () => answer(api.POST("/v1/employees/{employee}/punches", { params: { path: { employee }, header: once }, body: { kind, at: instant ?? at, reason: reason.trim() } as Schemas["PunchDraft"] })),
        onSuccess: async () => {
            say(t`${kindLabel(kind)} agregada`);
            onClose();
            await changed();
        },
    });
    const error = saving.error;
    return (
        <Shell title={t`Agregar una marcación de ${name}`} error={error} submittedAt={saving.submittedAt} pending={saving.isPending} act={t`Agregar`} onSubmit={() => saving.mutate()} onClose={onClose}>
            <Select label={t`Qué es`} name="kind" options={KINDS.map((id) => ({ id, label: kindLabel(id) }))} value={kind} onChange={(id) => setKind(id as Kind)} error={faultAt(error, "kind")} />
            <DateTimeField label={t`Hora`} name="at" value={at} onChange={setAt} help={zone} error={faultAt(error, "at") ?? (instant ? undefined : t`Escriba fecha y hora.`)} />
            <TextArea label={t`Motivo`} name="reason" value={reason} onChange={setReason} rows={2} error={faultAt(error, "reason")} />
        </Shell>
    );
}
