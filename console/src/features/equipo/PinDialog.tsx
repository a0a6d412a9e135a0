// The PIN with which an employee opens a shift on a phone. Nobody can read it again, here or elsewhere.
import { Trans, useLingui } from "@lingui/react/macro";
import { useMutation } from "@tanstack/react-query";
import { type FormEvent, useState } from "react";
import { answer, api } from "~/api/client";
import { faultAt, faultItems, refusalOf } from "~/api/problem";
import { type Employee, fullName } from "~/app/people";
import { Button, Dialog, ErrorSummary, PasswordField, say } from "~/ui";

export function PinDialog({ employee, onClose }: { employee: Employee; onClose: () => void }) {
    const { t } = useLingui();
    const [pin, setPin] = useState("");
    const name = fullName(employee);
    const path = { employee: employee.id };
    const setting = useMutation({
        mutationFn: () => answer(api.PUT("/v1/employees/{employee}/pin", { params: { path }, body: { pin } })),
        onSuccess: () => {
            say(t`${name} tiene PIN nuevo`);
            onClose();
        },
    });
    const removing = useMutation({
        mutationFn: () => answer(api.DELETE("/v1/employees/{employee}/pin", { params: { path } })),
        onSuccess: () => {
            say(t`${name} ya no tiene PIN`);
            onClose();
        },
    });
    const error = setting.error ?? removing.error;
    const problem = error ? refusalOf(error).problem : undefined;
    const submit = (event: FormEvent) => {
        event.preventDefault();
        setting.mutate();
    };
    return (
        <Dialog
            title={t`PIN de ${name}`}
            open
            onClose={onClose}
            keep
            foot={
                <>
                    <Button look="quiet" pending={removing.isPending} onPress={() => removing.mutate()}>
                        <Trans>Quitar el PIN</Trans>
                    </Button>
                    <span className="grow" />
                    <Button look="primary" type="submit" form="pin-form" pending={setting.isPending} reason={/^\d{4,12}$/.test(pin) ? undefined : t`Escriba de 4 a 12 cifras.`}>
                        <Trans>Poner el PIN</Trans>
                    </Button>
                </>
            }
        >
            {problem && <ErrorSummary key={setting.submittedAt + removing.submittedAt} title={problem.title} detail={problem.detail} items={faultItems(error, { pin: t`PIN` })} />}
            <p>
                <Trans>Con él abre su turno en los teléfonos de su equipo, también sin red. Campo no lo guarda ni lo vuelve a mostrar; si lo olvida, ponga otro. Sin PIN no puede abrir turno.</Trans>
            </p>
            <form id="pin-form" onSubmit={submit} noValidate>
                <PasswordField label={t`PIN`} name="pin" value={pin} onChange={setPin} inputMode="numeric" autoComplete="off" maxLength={12} autoFocus error={faultAt(error, "pin")} help={t`De 4 a 12 cifras.`} />
            </form>
        </Dialog>
    );
}
