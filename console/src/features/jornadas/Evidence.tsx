// Why a punch is what it is: three clocks, place, place in the chain, receipt.
import { Trans, useLingui } from "@lingui/react/macro";
import { useMutation, useQuery } from "@tanstack/react-query";
import { Anchor, CheckCheck, Download, Link2, TriangleAlert } from "lucide-react";
import { useFormat } from "~/app/format";
import { formatIn } from "~/app/formats";
import { kindLabel, markLabel } from "~/app/kinds";
import { queries } from "~/app/queries";
import { Button, Note, Status } from "~/ui";
import { clockError, lateBy, localTime, type Punch } from "./model";
import { save } from "~/app/save";
import { entryQuery, receiptQuery } from "./queries";

type Place = { latitude: number; longitude: number; accuracy_m?: number; provider?: string; mock?: boolean };
const MINUTE_MS = 60_000;

export function Evidence({ punch, zone, full }: { punch: Punch; zone: string; full: boolean }) {
    const { t } = useLingui();
    const format = useFormat();
    const own = formatIn(format.locale, punch.clock?.zone ?? zone);
    const entry = useQuery({ ...entryQuery(punch.id), enabled: full });
    const saving = useMutation({
        mutationFn: async () => {
            const receipt = await queries.ensureQueryData(receiptQuery(punch.id));
            save(new Blob([JSON.stringify(receipt, null, 2)], { type: "application/json" }), `comprobante-${punch.position}.json`);
        },
    });
    const place = (entry.data?.content as { place?: Place } | null | undefined)?.place;
    const [ahead, late] = [clockError(punch), lateBy(punch)];
    const minutes = (span: number) => format.minutes(Math.max(1, Math.round(Math.abs(span) / MINUTE_MS)));
    const fixed = { anchored: t`hora fijada con ancla`, wall: t`hora del reloj del teléfono`, suspect: t`reloj dudoso` }[punch.occurred_kind];
    const number = punch.chain?.number ?? punch.position;
    return (
        <section className="stack" aria-label={t`Evidencia`}>
            <div className="dr-sec">
                <h3>
                    {kindLabel(punch.kind)} <span className="dim">{localTime(punch)}</span>
                </h3>
                <Status family={punch.occurred_kind === "suspect" ? "late" : "good"} icon={punch.occurred_kind === "suspect" ? TriangleAlert : Anchor}>
                    {fixed}
                </Status>
            </div>
            {punch.added ? (
                <Note>
                    <Trans>La agregó la oficina: ningún teléfono la hizo.</Trans>
                </Note>
            ) : (
                <dl className="clocks-grid">
                    <dt>
                        <Trans>Pasó</Trans>
                    </dt>
                    <dd>
                        <b>{own.seconds(punch.original?.at ?? punch.at)}</b>
                    </dd>
                    <dd className="dim">{punch.original ? t`así se registró; cuenta ${localTime(punch)}` : t`la que cuenta`}</dd>
                    {punch.clock && (
                        <>
                            <dt>
                                <Trans>Teléfono</Trans>
                            </dt>
                            <dd>
                                <b>{own.seconds(punch.clock.wall_us / 1000)}</b>
                            </dd>
                            <dd className="dim">{Math.abs(ahead) < MINUTE_MS ? t`igual` : ahead > 0 ? t`adelantado ${minutes(ahead)}` : t`atrasado ${minutes(ahead)}`}</dd>
                        </>
                    )}
                    <dt>
                        <Trans>Llegó</Trans>
                    </dt>
                    <dd>
                        <b>{own.seconds(punch.received_at)}</b>
                    </dd>
                    <dd className="dim">{late < MINUTE_MS ? t`enseguida` : t`${minutes(late)} después`}</dd>
                </dl>
            )}
            <small>{punch.clock?.zone ?? zone}</small>
            {full && (
                <>
                    {place ? (
                        <p>
                            <Trans>Lugar</Trans>{" "}
                            <b>
                                {`${place.latitude.toFixed(5)}, ${place.longitude.toFixed(5)}`}
                            </b>
                            {place.accuracy_m !== undefined && ` ± ${format.number(Math.round(place.accuracy_m))} m`}
                            {place.provider && <span className="dim"> · {place.provider}</span>}
                            {place.mock && <Status family="late" icon={TriangleAlert}>{t`lugar simulado`}</Status>}
                        </p>
                    ) : (
                        entry.data && (
                            <p className="dim">
                                <Trans>Sin lugar: el teléfono no lo dio, o no se le pide.</Trans>
                            </p>
                        )
                    )}
                    {(punch.marks ?? []).map((mark) => (
                        <Note key={mark} kind="wait">
                            {markLabel(mark)}
                        </Note>
                    ))}
                </>
            )}
            <div className="dr-sec">
                <h3>
                    <Trans>Cadena</Trans>
                </h3>
                <span className="grow" />
                <small>{punch.chain ? t`Establecimiento ${punch.chain.chain.replace(/^establishment\//, "")}` : t`De la cuenta`}</small>
            </div>
            <div className="chain">
                {number > 1 && (
                    <>
                        <span>{format.number(number - 1)}</span>
                        <Link2 size={14} aria-hidden />
                    </>
                )}
                <span className="own">{t`N.º ${format.number(number)}`}</span>
                <code title={punch.hash}>
                    {punch.hash.slice(0, 4)}…{punch.hash.slice(-4)}
                </code>
            </div>
            {full && (
                <>
                    <div className="dr-sec">
                        <h3>
                            <Trans>Comprobante</Trans>
                        </h3>
                        <Status family="done" icon={CheckCheck}>{t`definitivo`}</Status>
                    </div>
                    <p>
                        <Trans>El servidor lo entregó a las {own.time(punch.received_at)}, firmado. Guardado fuera de Campo, prueba que la marcación existía y no cambió.</Trans>
                    </p>
                    <div>
                        <Button small icon={Download} pending={saving.isPending} onPress={() => saving.mutate()}>
                            <Trans>Guardar el comprobante</Trans>
                        </Button>
                    </div>
                </>
            )}
        </section>
    );
}
