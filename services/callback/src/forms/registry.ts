import { CallbackForm } from '@fefaent/contracts/callback';
import { actualitzarEstat } from './actualitzar-estat.ts';
import { cloudEvent } from './cloud-event.ts';
import type { Form } from './form.ts';

/** The form of an endpoint. */
export function formOf(form: CallbackForm): Form {
	return form === CallbackForm.JSON ? cloudEvent : actualitzarEstat;
}
