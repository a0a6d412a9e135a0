// Where one is on the way from a file to its rows.
import { useLingui } from "@lingui/react/macro";
import { Check } from "lucide-react";

export function Steps({ at, onStep }: { at: 1 | 2 | 3 | 4; onStep?: (step: 2 | 3) => void }) {
    const { t } = useLingui();
    const steps = [t`Archivo`, t`Columnas`, t`Vista previa`, t`Ejecución`];
    return (
        <ol className="steps" aria-label={t`Pasos`}>
            {steps.map((label, place) => {
                const step = place + 1;
                const goes = onStep && (step === 2 || step === 3) && step < at && at < 4;
                const inside = (
                    <>
                        <span className="n">{step < at ? <Check size={12} aria-hidden /> : step}</span>
                        <span className="step-word">{label}</span>
                    </>
                );
                return (
                    <li key={label} className={step < at ? "is-done" : undefined} aria-current={step === at ? "step" : undefined}>
                        {goes ? (
                            <button type="button" onClick={() => onStep(step)}>
                                {inside}
                            </button>
                        ) : (
                            inside
                        )}
                    </li>
                );
            })}
        </ol>
    );
}
