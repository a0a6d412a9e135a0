// One-time codes for new phones: on the screen to be scanned, or as a sheet for ten. A code is shown this once.
import { plural } from "@lingui/core/macro";
import { Trans, useLingui } from "@lingui/react/macro";
import { useMutation, useSuspenseQuery } from "@tanstack/react-query";
import { Link } from "@tanstack/react-router";
import { Printer, QrCode as QrIcon, X } from "lucide-react";
import { type FormEvent, useState } from "react";
import { answer, api, idempotencyKey } from "~/api/client";
import { faultAt, faultItems, refusalOf } from "~/api/problem";
import { useFormat } from "~/app/format";
import { Page } from "~/app/frame/Page";
import { queries } from "~/app/queries";
import { Button, ErrorSummary, IconButton, Note, say, TextField } from "~/ui";
import { Members } from "./PhoneDrawer";
import { QrCode } from "./QrCode";
import { type CreatedEnrolment, enrolmentsQuery } from "./queries";
import "./equipo.css";

const MOST = 50;

export function Enrol() {
    const { t } = useLingui();
    const [made, setMade] = useState<CreatedEnrolment[]>([]);
    return (
        <Page
            section={t`Teléfonos`}
            title={t`Inscribir teléfonos`}
            className="page-text"
        >
            {made.length > 0 ? <Sheet made={made} onDone={() => setMade([])} /> : <Make onMade={setMade} />}
            <Waiting hidden={new Set(made.map(({ id }) => id))} />
        </Page>
    );
}

function Make({ onMade }: { onMade: (made: CreatedEnrolment[]) => void }) {
    const { t } = useLingui();
    const [name, setName] = useState("");
    const [count, setCount] = useState("1");
    const [members, setMembers] = useState<{ groups: string[]; employees: string[] }>({ groups: [], employees: [] });
    const [once] = useState(idempotencyKey);
    const number = /^\d+$/.test(count.trim()) ? Number(count) : 0;
    const valid = number >= 1 && number <= MOST;
    const making = useMutation({
        mutationFn: async () => {
            const made: CreatedEnrolment[] = [];
            for (let place = 1; place <= number; place += 1) {
                const called = number === 1 ? name.trim() : `${name.trim() || t`Teléfono`} ${place}`;
                const header = { "Idempotency-Key": `${once["Idempotency-Key"]}-${place}` };
                made.push(await answer(api.POST("/v1/enrolments", { params: { header }, body: { name: called, roster: members, expires_at: null } })));
            }
            return made;
        },
        onSuccess: async (made) => {
            onMade(made);
            await queries.invalidateQueries({ queryKey: enrolmentsQuery().queryKey });
        },
    });
    const problem = making.error ? refusalOf(making.error).problem : undefined;
    const submit = (event: FormEvent) => {
        event.preventDefault();
        if (valid) making.mutate();
    };
    return (
        <section>
            <h2>
                <Trans>Códigos nuevos</Trans>
            </h2>
            <p>
                <Trans>Cada código inscribe un teléfono, una sola vez, durante 7 días. En el teléfono se lee el QR o se escriben la dirección y el código.</Trans>
            </p>
            <form className="form" onSubmit={submit} noValidate>
                {problem && <ErrorSummary key={making.submittedAt} title={problem.title} detail={problem.detail} items={faultItems(making.error, { name: t`Nombre` })} />}
                <div className="form-pair">
                    <TextField label={t`Nombre`} name="name" value={name} onChange={setName} optional autoFocus help={number > 1 ? t`Con un número detrás: «${name.trim() || t`Cuadrilla`} 1», «… 2».` : t`Cómo se llamará el teléfono en las listas.`} error={faultAt(making.error, "name")} />
                    <TextField label={t`Cuántos teléfonos`} name="count" inputMode="numeric" value={count} onChange={setCount} error={valid ? undefined : t`Escriba un número de 1 a ${MOST}.`} />
                </div>
                <Members members={members} onChange={setMembers} help={t`Quién podrá abrir turno en ellos; se puede cambiar después.`} />
                <div className="form-acts">
                    <Button type="submit" look="primary" icon={QrIcon} pending={making.isPending} reason={valid ? undefined : t`Revise cuántos teléfonos.`}>
                        {valid ? plural(number, { one: "Hacer el código", other: "Hacer # códigos" }) : t`Hacer los códigos`}
                    </Button>
                </div>
            </form>
        </section>
    );
}

function Sheet({ made, onDone }: { made: CreatedEnrolment[]; onDone: () => void }) {
    const { t } = useLingui();
    const format = useFormat();
    const linked = made.some(({ link }) => link);
    return (
        <>
            <section>
                <h2>{plural(made.length, { one: "Un código, listo", other: "# códigos, listos" })}</h2>
                <Note kind="wait">
                    <Trans>Se muestran solo esta vez. Impresos, guarde la hoja donde solo la vea quien inscribe.</Trans>
                </Note>
                {!linked && (
                    <Note kind="late">
                        <b>
                            <Trans>No hay QR, porque el servidor no sabe su propia dirección.</Trans>
                        </b>{" "}
                        <Trans>
                            Quien lo opera la escribe en <code>public_url</code>, por ejemplo <code>https://campo.su-empresa.com</code>. Mientras tanto se escriben a mano la dirección y el código.
                        </Trans>
                    </Note>
                )}
                <div className="form-acts no-print">
                    <Button look="primary" icon={Printer} onPress={() => print()}>
                        <Trans>Imprimir la hoja</Trans>
                    </Button>
                    <Button look="quiet" onPress={onDone}>
                        <Trans>Hacer otros</Trans>
                    </Button>
                    <Link to="/equipo/telefonos" className="link">
                        <Trans>Ir a los teléfonos</Trans>
                    </Link>
                </div>
            </section>
            <section className="wide">
                <ul className="sheet" aria-label={t`Códigos`}>
                    {made.map((one) => (
                        <li key={one.id} className="ticket">
                            <b dir="auto">{one.name || t`Teléfono`}</b>
                            {one.link && <QrCode text={one.link} label={t`QR para inscribir ${one.name || t`un teléfono`}`} />}
                            <span className="address">{one.link ? new URL(one.link).origin : location.origin}</span>
                            <code>{one.code}</code>
                            <small>{t`Una sola vez, hasta el ${format.longDate(one.expires_at)}`}</small>
                        </li>
                    ))}
                </ul>
            </section>
        </>
    );
}

/** Codes that were made and not used. */
function Waiting({ hidden }: { hidden: ReadonlySet<string> }) {
    const { t } = useLingui();
    const format = useFormat();
    const now = Date.now();
    const waiting = useSuspenseQuery(enrolmentsQuery()).data.filter((one) => !one.installation && !hidden.has(one.id) && Date.parse(one.expires_at) > now);
    const withdrawing = useMutation({
        mutationFn: (enrolment: string) => answer(api.DELETE("/v1/enrolments/{enrolment}", { params: { path: { enrolment } } })),
        onSuccess: async () => {
            say(t`Código retirado: ya no sirve`);
            await queries.invalidateQueries({ queryKey: enrolmentsQuery().queryKey });
        },
    });
    const problem = withdrawing.error ? refusalOf(withdrawing.error).problem : undefined;
    if (waiting.length === 0) return null;
    return (
        <section>
            <h2>
                <Trans>Códigos sin usar</Trans> <span className="dim">{waiting.length}</span>
            </h2>
            {problem && <ErrorSummary key={withdrawing.submittedAt} title={problem.title} detail={problem.detail} />}
            <ul className="roster-list">
                {waiting.map((one) => {
                    const called = one.name || t`Teléfono`;
                    return (
                        <li key={one.id}>
                            <span className="grow cut" title={called} dir="auto">
                                {called}
                            </span>
                            <small>{t`hasta el ${format.longDate(one.expires_at)}`}</small>
                            <IconButton name={t`Retirar el código de ${called}`} icon={X} small onPress={() => withdrawing.mutate(one.id)} />
                        </li>
                    );
                })}
            </ul>
        </section>
    );
}
