// The filters of calls that are asked for more rarely.
import { Trans, useLingui } from "@lingui/react/macro";
import { useState } from "react";
import { useWho } from "~/app/session";
import { Button, Dialog, TextField } from "~/ui";
import { DateTimeField } from "~/ui/DateTimeField";
import type { CallsSearch } from "./routes";

export function CallFilterDialog({ search, onClose, onFilter }: { search: CallsSearch; onClose: () => void; onFilter: (change: Partial<CallsSearch>) => void }) {
    const { t } = useLingui();
    const { account } = useWho();
    const [draft, setDraft] = useState({ metodo: search.metodo ?? "", codigo: search.codigo ?? "", solicitud: search.solicitud ?? "", desde: search.desde ?? "", hasta: search.hasta ?? "" });
    const set = (change: Partial<typeof draft>) => setDraft({ ...draft, ...change });
    return (
        <Dialog
            title={t`Filtrar las llamadas`}
            open
            onClose={onClose}
            foot={
                <>
                    <Button onPress={onClose}>
                        <Trans>Cancelar</Trans>
                    </Button>
                    <Button look="primary" type="submit" form="call-filter">
                        <Trans>Filtrar</Trans>
                    </Button>
                </>
            }
        >
            <form
                id="call-filter"
                className="form"
                onSubmit={(event) => {
                    event.preventDefault();
                    onFilter(Object.fromEntries(Object.entries(draft).map(([name, value]) => [name, value.trim() || undefined])));
                    onClose();
                }}
            >
                <TextField label={t`Método`} value={draft.metodo} onChange={(metodo) => set({ metodo })} optional help={t`POST, o uno de SOAP como CreateOrUpdateTask.`} spellCheck="false" autoFocus />
                <TextField label={t`Código de la respuesta`} value={draft.codigo} onChange={(codigo) => set({ codigo })} optional help={t`De un problema, como validation_failed, o de un resultado de SOAP.`} spellCheck="false" />
                <TextField label="x-request-id" value={draft.solicitud} onChange={(solicitud) => set({ solicitud })} optional help={t`El que llevaba la respuesta.`} spellCheck="false" />
                <DateTimeField label={t`Desde (${account.zone})`} value={draft.desde} onChange={(desde) => set({ desde })} optional />
                <DateTimeField label={t`Hasta (${account.zone})`} value={draft.hasta} onChange={(hasta) => set({ hasta })} optional />
            </form>
        </Dialog>
    );
}
