// What a file lists no longer: an import that found much of it waits for a yes.
import { plural } from "@lingui/core/macro";
import { Trans, useLingui } from "@lingui/react/macro";
import { useMutation } from "@tanstack/react-query";
import { answer, api } from "~/api/client";
import { refusalOf } from "~/api/problem";
import { queries } from "~/app/queries";
import { Button, Note } from "~/ui";
import type { Run } from "./queries";

export function Withdrawals({ run }: { run: Run }) {
    const { t } = useLingui();
    const answering = useMutation({
        mutationFn: (confirm_withdrawals: number) => answer(api.POST("/v1/imports/{import}/withdrawals", { params: { path: { import: run.id } }, body: { confirm_withdrawals } })),
        onSettled: () => queries.invalidateQueries({ queryKey: ["imports"] }),
    });
    const asked = run.withdrawals;
    if (asked?.state !== "asked") {
        if (run.withdrawn === 0) return null;
        const to = asked?.parent;
        return <Note>{to ? plural(run.withdrawn, { one: `# que el archivo ya no traía se movió dentro de «${to}».`, other: `# que el archivo ya no traía se movieron dentro de «${to}».` }) : plural(run.withdrawn, { one: "# que el archivo ya no traía se retiró.", other: "# que el archivo ya no traía se retiraron." })}</Note>;
    }
    return (
        <Note kind="late">
            <b>
                {asked.parent ? t`¿Mover dentro de «${asked.parent}» lo que el archivo ya no trae?` : <Trans>¿Retirar lo que el archivo ya no trae?</Trans>}
            </b>{" "}
            {t`Son ${asked.unlisted} de ${asked.managed}, más de la décima parte.`}
            <span className="form-acts">
                <Button look="primary" pending={answering.isPending && answering.variables > 0} onPress={() => answering.mutate(asked.unlisted)}>
                    {asked.parent ? plural(asked.unlisted, { one: "Mover #", other: "Mover #" }) : plural(asked.unlisted, { one: "Retirar #", other: "Retirar #" })}
                </Button>
                <Button pending={answering.isPending && answering.variables === 0} onPress={() => answering.mutate(0)}>
                    <Trans>Dejarlos</Trans>
                </Button>
            </span>
            {answering.isError && <span role="alert">{refusalOf(answering.error).problem.detail}</span>}
        </Note>
    );
}
