// A new secret; for a while both sign, so that the receiver can change in peace.
import { Trans, useLingui } from "@lingui/react/macro";
import { useMutation } from "@tanstack/react-query";
import { useState } from "react";
import { faultItems, refusalOf } from "~/api/problem";
import { useFormat } from "~/app/format";
import { queries } from "~/app/queries";
import { Button, Dialog, ErrorSummary, say, TextField } from "~/ui";
import { type Channel, rotateSecret } from "./queries";

export function RotateDialog({ channel, onClose, onSecret }: { channel: Channel; onClose: () => void; onSecret: (secret: string) => void }) {
    const { t } = useLingui();
    const format = useFormat();
    const [hours, setHours] = useState("24");
    const asked = /^\d{1,3}$/.test(hours.trim()) ? Number(hours) : Number.NaN;
    const error = asked >= 0 && asked <= 720 ? undefined : t`«${hours}» no sirve. Escriba horas, de 0 a 720.`;
    const rotating = useMutation({
        mutationFn: () => rotateSecret(channel.id, asked),
        onSuccess: async ({ secret, previous_until }) => {
            onSecret(secret);
            say(t`El secreto anterior firma también hasta ${format.moment(previous_until)}`);
            await queries.invalidateQueries({ queryKey: ["channels"] });
        },
    });
    const problem = rotating.error ? refusalOf(rotating.error).problem : undefined;
    return (
        <Dialog
            title={t`Cambiar el secreto de «${channel.name}»`}
            open
            onClose={onClose}
            foot={
                <>
                    <Button onPress={onClose}>
                        <Trans>Dejar como está</Trans>
                    </Button>
                    <Button look="primary" reason={error} pending={rotating.isPending} onPress={() => rotating.mutate()}>
                        <Trans>Hacer un secreto nuevo</Trans>
                    </Button>
                </>
            }
        >
            {problem && <ErrorSummary key={rotating.submittedAt} title={problem.title} detail={problem.detail} items={faultItems(rotating.error)} />}
            <p>
                <Trans>Mientras valgan los dos, cada notificación lleva ambas firmas: el receptor puede cambiar cuando quiera dentro de ese tiempo.</Trans>
            </p>
            <TextField label={t`Horas en que valen los dos`} name="overlap_hours" inputMode="numeric" value={hours} onChange={setHours} error={error} help={t`0 si el secreto anterior lo vio alguien que no debía.`} autoFocus />
        </Dialog>
    );
}
