// A new secret; for a while the one before holds too, so that the other side can change in peace.
import { Trans, useLingui } from "@lingui/react/macro";
import { useMutation } from "@tanstack/react-query";
import { type ReactNode, useState } from "react";
import { faultItems, refusalOf } from "~/api/problem";
import { Button, Dialog, ErrorSummary, TextField } from "~/ui";

type Rotated = { secret: string; previous_until: string };
/** `children` say what it is good for that both hold; `rotated` says what became of the one before. */
type Props = { name: string; rotate: (overlapHours: number) => Promise<Rotated>; rotated: (rotated: Rotated) => Promise<void>; onClose: () => void; children: ReactNode };

export function RotateDialog({ name, rotate, rotated, onClose, children }: Props) {
    const { t } = useLingui();
    const [hours, setHours] = useState("24");
    const asked = /^\d{1,3}$/.test(hours.trim()) ? Number(hours) : Number.NaN;
    const error = asked >= 0 && asked <= 720 ? undefined : t`«${hours}» no sirve. Escriba horas, de 0 a 720.`;
    const rotating = useMutation({ mutationFn: () => rotate(asked), onSuccess: rotated });
    const problem = rotating.error ? refusalOf(rotating.error).problem : undefined;
    return (
        <Dialog
            title={t`Cambiar el secreto de «${name}»`}
            open
            onClose={onClose}
            leave
            foot={
                <Button look="primary" reason={error} pending={rotating.isPending} onPress={() => rotating.mutate()}>
                    <Trans>Hacer un secreto nuevo</Trans>
                </Button>
            }
        >
            {problem && <ErrorSummary key={rotating.submittedAt} title={problem.title} detail={problem.detail} items={faultItems(rotating.error)} />}
            <p>{children}</p>
            <TextField label={t`Horas en que valen los dos`} name="overlap_hours" inputMode="numeric" value={hours} onChange={setHours} error={error} help={t`0 si el secreto anterior lo vio alguien que no debía.`} autoFocus />
        </Dialog>
    );
}
