// What was corrected of a day, by whom and why, what stands of it, and the office's answer to what a worker asks for.
import { Trans, useLingui } from "@lingui/react/macro";
import { useMutation } from "@tanstack/react-query";
import { Check, CircleHelp, CircleX, Undo2 } from "lucide-react";
import { answer, api, idempotencyKey } from "~/api/client";
import { refusalOf } from "~/api/problem";
import type { Schemas } from "~/api/client";
import { useFormat } from "~/app/format";
import { kindLabel } from "~/app/kinds";
import { queries } from "~/app/queries";
import { Button, ErrorSummary, say, Status } from "~/ui";
import type { Day } from "./model";

type Correction = Schemas["CorrectionShown"];

export const changed = () => Promise.all([queries.invalidateQueries({ queryKey: ["timesheets"] }), queries.invalidateQueries({ queryKey: ["entries"] })]);

export function Corrections({ day, mayAnswer }: { day: Day; mayAnswer: boolean }) {
    const list = day.corrections ?? [];
    if (list.length === 0) return null;
    return (
        <section className="stack">
            <div className="dr-sec">
                <h3>
                    <Trans>Correcciones</Trans>
                </h3>
            </div>
            <ul className="corrections">
                {list.map((one) => (
                    <One key={one.id} correction={one} mayAnswer={mayAnswer} />
                ))}
            </ul>
        </section>
    );
}

function One({ correction, mayAnswer }: { correction: Correction; mayAnswer: boolean }) {
    const { t } = useLingui();
    const format = useFormat();
    const answering = useMutation({
        mutationFn: (agreed: boolean) => answer(api.POST("/v1/entries/{id}/agreement", { params: { path: { id: correction.id }, header: idempotencyKey() }, body: { agreed } })),
        onSuccess: async (_, agreed) => {
            say(agreed ? t`De acuerdo: la corrección cuenta` : t`No aceptada: queda como estaba`);
            await changed();
        },
    });
    const taking = useMutation({
        mutationFn: () => answer(api.POST("/v1/entries/{id}/corrections", { params: { path: { id: correction.id }, header: idempotencyKey() }, body: { change: "remove", reason: t`Se retira la corrección` } })),
        onSuccess: async () => {
            say(t`Corrección retirada`);
            await changed();
        },
    });
    const error = answering.error ?? taking.error;
    const problem = error ? refusalOf(error).problem : undefined;
    const moment = (one: Correction["before"]) => (one ? `${kindLabel(one.kind)} ${format.time(one.at)}` : "—");
    const standing = {
        in_force: [Check, "done", t`vale`],
        agreed: [Check, "done", t`acordada`],
        proposed: [CircleHelp, "wait", correction.side === "worker" ? t`la pide el trabajador` : t`espera al trabajador`],
        rejected: [CircleX, "past", t`no aceptada`],
        withdrawn: [Undo2, "past", t`retirada`],
        impossible: [CircleX, "past", t`ya no se puede`],
    } as const;
    const [icon, family, word] = standing[correction.standing];
    return (
        <li>
            {problem && <ErrorSummary key={answering.submittedAt + taking.submittedAt} title={problem.title} detail={problem.detail} />}
            <span className="row row-wrap">
                <b>
                    {moment(correction.before)} → {correction.after ? moment(correction.after) : t`quitada`}
                </b>
                <Status family={family} icon={icon}>
                    {word}
                </Status>
            </span>
            {correction.reason && <p dir="auto">«{correction.reason}»</p>}
            <small>
                {correction.side === "office" ? t`Oficina` : t`Trabajador`} · {format.moment(correction.made_at)}
            </small>
            {mayAnswer && correction.standing === "proposed" && correction.side === "worker" && (
                <div className="form-acts">
                    <Button small pending={answering.isPending} onPress={() => answering.mutate(true)}>
                        <Trans>De acuerdo</Trans>
                    </Button>
                    <Button small pending={answering.isPending} onPress={() => answering.mutate(false)}>
                        <Trans>No aceptar</Trans>
                    </Button>
                </div>
            )}
            {mayAnswer && correction.side === "office" && ["in_force", "proposed", "agreed"].includes(correction.standing) && (
                <div>
                    <Button small look="quiet" icon={Undo2} pending={taking.isPending} onPress={() => taking.mutate()}>
                        <Trans>Retirar la corrección</Trans>
                    </Button>
                </div>
            )}
        </li>
    );
}
