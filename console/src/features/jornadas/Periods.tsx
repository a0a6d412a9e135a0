// Closes days, so that what comes later is settled elsewhere, and opens them again.
import { plural } from "@lingui/core/macro";
import { Trans, useLingui } from "@lingui/react/macro";
import { useMutation, useQuery } from "@tanstack/react-query";
import { Lock, LockOpen } from "lucide-react";
import { type FormEvent, useState } from "react";
import { answer, api } from "~/api/client";
import { faultAt, faultItems, refusalOf } from "~/api/problem";
import { useFormat } from "~/app/format";
import { formatIn } from "~/app/formats";
import { Page } from "~/app/frame/Page";
import { employeesQuery, employeeOptions, fullName, groupOptions, groupsQuery } from "~/app/people";
import { useMay } from "~/app/session";
import { Button, Combo, ErrorSummary, Note, RadioGroup, say, Select, Status, TextField } from "~/ui";
import { DateField } from "~/ui/DateTimeField";
import { mondayOf, stepped } from "./civil";
import { changed } from "./Corrections";
import { closingsQuery } from "./queries";
import "./jornadas.css";

type Who = "company" | "group" | "employee";

export function Periods() {
    const { t } = useLingui();
    return (
        <Page section={t`Jornadas`} title={t`Periodos`} className="page-text">
            <Closing />
            <History />
        </Page>
    );
}

function Closing() {
    const { t } = useLingui();
    const format = useFormat();
    const may = useMay("view_employees");
    const groups = useQuery({ ...groupsQuery(), enabled: may }).data ?? [];
    const employees = useQuery({ ...employeesQuery(), enabled: may }).data ?? [];
    const lastWeek = stepped(mondayOf(format.day(Date.now())), -7);
    const [from, setFrom] = useState(lastWeek);
    const [to, setTo] = useState(stepped(lastWeek, 6));
    const [who, setWho] = useState<Who>("company");
    const [group, setGroup] = useState<string | null>(null);
    const [employee, setEmployee] = useState<string | null>(null);
    const [reason, setReason] = useState("");
    const acting = useMutation({
        mutationFn: (act: "close" | "reopen") => {
            const body = { from, to, reason: reason.trim() || null, group: who === "group" ? group : null, employee: who === "employee" ? employee : null, whole_company: who === "company" };
            return answer(act === "close" ? api.POST("/v1/periods/close", { body }) : api.POST("/v1/periods/reopen", { body }));
        },
        onSuccess: async ({ done, unchanged }, act) => {
            const of = plural(done, { one: "# persona", other: "# personas" });
            const rest = unchanged > 0 ? plural(unchanged, { one: "; # ya estaba así", other: "; # ya estaban así" }) : "";
            say(act === "close" ? t`Cerrado para ${of}${rest}` : t`Reabierto para ${of}${rest}`);
            setReason("");
            await changed();
        },
    });
    const { error } = acting;
    const problem = error ? refusalOf(error).problem : undefined;
    const chosen = who === "company" || (who === "group" ? group : employee) !== null;
    const missing = !chosen ? t`Elija a quién.` : from > to ? t`El primer día es posterior al último.` : undefined;
    const submit = (event: FormEvent) => {
        event.preventDefault();
        if (!missing) acting.mutate("close");
    };
    return (
        <section>
            <h2>
                <Trans>Cerrar o reabrir días</Trans>
            </h2>
            <p>
                <Trans>Lo que llega después para un día cerrado no lo cambia: la diferencia se cuenta el primer día abierto. Reabrir vuelve a contarlo en su lugar.</Trans>
            </p>
            <form className="form" onSubmit={submit} noValidate>
                {problem && <ErrorSummary key={acting.submittedAt} title={problem.title} detail={problem.detail} items={faultItems(error, { from: t`Desde`, to: t`Hasta`, reason: t`Motivo` })} />}
                <div className="form-pair">
                    <DateField label={t`Desde`} name="from" value={from} onChange={setFrom} error={faultAt(error, "from")} />
                    <DateField label={t`Hasta`} name="to" value={to} onChange={setTo} error={faultAt(error, "to")} />
                </div>
                <RadioGroup
                    label={t`Para quién`}
                    options={[
                        { id: "company", label: t`Toda la empresa` },
                        ...(may ? [{ id: "group", label: t`Un grupo` }, { id: "employee", label: t`Una persona` }] : []),
                    ]}
                    value={who}
                    onChange={(id) => setWho(id as Who)}
                />
                {who === "group" && <Select label={t`Grupo`} name="group" options={groupOptions(groups)} value={group} onChange={setGroup} error={faultAt(error, "group")} />}
                {who === "employee" && <Combo label={t`Persona`} name="employee" options={employeeOptions(employees)} value={employee} onChange={setEmployee} error={faultAt(error, "employee")} />}
                <TextField label={t`Motivo`} name="reason" value={reason} onChange={setReason} help={t`Hace falta para reabrir.`} error={faultAt(error, "reason")} />
                <div className="form-acts">
                    <Button look="primary" type="submit" icon={Lock} pending={acting.isPending} reason={missing} showReason>
                        <Trans>Cerrar los días</Trans>
                    </Button>
                    <Button icon={LockOpen} pending={acting.isPending} onPress={() => acting.mutate("reopen")} reason={missing ?? (reason.trim() ? undefined : t`Para reabrir escriba el motivo.`)}>
                        <Trans>Reabrirlos</Trans>
                    </Button>
                </div>
            </form>
        </section>
    );
}

type Content = { from?: string; to?: string; reason?: string; body?: { from?: string; to?: string } };

function History() {
    const { t } = useLingui();
    const format = useFormat();
    const civil = formatIn(format.locale, "UTC");
    const may = useMay("view_entries");
    const closings = useQuery({ ...closingsQuery(), enabled: may });
    const employees = useQuery({ ...employeesQuery(), enabled: useMay("view_employees") }).data ?? [];
    const names = new Map(employees.map((one) => [one.id, fullName(one)]));
    if (!may) return <Note>{t`Para ver lo que se cerró antes su perfil necesita «Ver lo capturado en los teléfonos».`}</Note>;
    const day = (one: string | undefined) => (one ? civil.date(`${one}T12:00:00Z`) : "?");
    return (
        <section>
            <h2>
                <Trans>Historia</Trans>
            </h2>
            {closings.data?.length === 0 && (
                <p className="dim">
                    <Trans>Todavía no se cerró ningún día.</Trans>
                </p>
            )}
            <ul className="period-list">
                {(closings.data ?? []).slice(0, 100).map((one) => {
                    const content = (one.content ?? {}) as Content;
                    const span = content.body ?? content;
                    const closed = one.kind === "period.closed";
                    return (
                        <li key={one.id}>
                            <Status family={closed ? "past" : "wait"} icon={closed ? Lock : LockOpen}>
                                {closed ? t`Cerrado` : t`Reabierto`}
                            </Status>
                            <span>
                                {day(span.from)} – {day(span.to)}
                                {one.employee && <> · {names.get(one.employee) ?? t`una persona`}</>}
                            </span>
                            <span />
                            <small>
                                {format.moment(one.occurred_at)}
                                {content.reason && ` · «${content.reason}»`}
                            </small>
                        </li>
                    );
                })}
            </ul>
        </section>
    );
}
