// Back in the log to send again, with the ids of the first time; or ahead to leave some out.
import { plural } from "@lingui/core/macro";
import { Trans, useLingui } from "@lingui/react/macro";
import { useMutation } from "@tanstack/react-query";
import { useState } from "react";
import { faultItems, refusalOf } from "~/api/problem";
import { instantOf } from "~/app/civil";
import { queries } from "~/app/queries";
import { useWho } from "~/app/session";
import { Button, Dialog, ErrorSummary, RadioGroup, say, TextField } from "~/ui";
import { DateTimeField } from "~/ui/DateTimeField";
import { type Channel, replayFrom } from "./queries";

export function ReplayDialog({ channel, onClose }: { channel: Channel; onClose: () => void }) {
    const { t } = useLingui();
    const { account } = useWho();
    const [by, setBy] = useState("time");
    const [local, setLocal] = useState("");
    const [position, setPosition] = useState(String(channel.progress.position + 1));
    const instant = local ? instantOf(local, account.zone) : undefined;
    const missing = by === "time" ? (instant ? undefined : t`Falta desde cuándo.`) : /^\d+$/.test(position.trim()) ? undefined : t`Falta desde qué evento.`;
    const replaying = useMutation({
        mutationFn: () => replayFrom(channel.id, by === "time" ? { time: instant ?? "" } : { position: Number(position) }),
        onSuccess: async ({ events, position: first, skipped }) => {
            if (skipped > 0) say(plural(skipped, { one: `Sigue desde el evento ${first}: deja fuera # que no había entregado`, other: `Sigue desde el evento ${first}: deja fuera # que no había entregado` }));
            else say(plural(events, { 0: `Sigue desde el evento ${first}: todavía no hay ninguno`, one: `Sigue desde el evento ${first}: # evento`, other: `Sigue desde el evento ${first}: # eventos` }));
            onClose();
            await Promise.all([queries.invalidateQueries({ queryKey: ["channels"] }), queries.invalidateQueries({ queryKey: ["deliveries"] })]);
        },
    });
    const problem = replaying.error ? refusalOf(replaying.error).problem : undefined;
    return (
        <Dialog
            title={t`Desde dónde sigue «${channel.name}»`}
            open
            keep
            onClose={onClose}
            leave
            foot={
                <Button look="primary" reason={missing} pending={replaying.isPending} onPress={() => replaying.mutate()}>
                    <Trans>Seguir desde ahí</Trans>
                </Button>
            }
        >
            {problem && <ErrorSummary key={replaying.submittedAt} title={problem.title} detail={problem.detail} items={faultItems(replaying.error)} />}
            <p>
                <Trans>Hacia atrás se envía de nuevo, con los mismos identificadores: un receptor que los guarda no lo toma dos veces. Hacia delante se deja fuera lo que quede en medio.</Trans>
            </p>
            <RadioGroup
                label={t`Desde`}
                options={[
                    { id: "time", label: t`Un momento` },
                    { id: "position", label: t`Un evento, por su número` },
                ]}
                value={by}
                onChange={setBy}
            />
            {by === "time" ? (
                <DateTimeField label={t`Fecha y hora (${account.zone})`} name="time" value={local} onChange={setLocal} />
            ) : (
                <TextField label={t`Número del evento`} name="position" inputMode="numeric" value={position} onChange={setPosition} help={t`Lo entregado llega hasta ${channel.progress.position}; el último de la cuenta es ${channel.progress.last_position}.`} />
            )}
        </Dialog>
    );
}
