// Steps through days or weeks; `H` is today.
import { useLingui } from "@lingui/react/macro";
import { ChevronLeft, ChevronRight } from "lucide-react";
import { useActions } from "~/app/actions";
import { Button, IconButton } from "~/ui";

export function SpanStepper({ label, before, after, isNow, onStep, onNow }: { label: string; before: string; after: string; isNow: boolean; onStep: (by: -1 | 1) => void; onNow: () => void }) {
    const { t } = useLingui();
    useActions([
        { id: "span-before", key: "J", label: before, run: () => onStep(-1) },
        { id: "span-after", key: "K", label: after, run: () => onStep(1) },
        { id: "span-now", key: "H", label: t`Hoy`, run: onNow },
    ]);
    return (
        <div className="row">
            <IconButton name={before} icon={ChevronLeft} small onPress={() => onStep(-1)} />
            <b aria-live="polite">{label}</b>
            <IconButton name={after} icon={ChevronRight} small onPress={() => onStep(1)} />
            {!isNow && (
                <Button small look="quiet" onPress={onNow}>
                    {t`Hoy`}
                </Button>
            )}
        </div>
    );
}
