/** What the built-in notices say in one language: Mustache sources for text; the layouts put them together. */
export interface Phrases {
	/** ISO 639-1. */
	readonly code: string;
	/** By kind: the subject, the opening and the SMS. */
	readonly first: KindPhrases;
	readonly reminder: KindPhrases;
	/** Before the recipient's name; the name and a colon follow. */
	readonly greeting: string;
	readonly issuer: string;
	readonly title: string;
	readonly reference: string;
	readonly deposited: string;
	readonly expires: string;
	/** What can be done until the expiry, whose date follows. */
	readonly until: string;
	/** What happens after it. */
	readonly after: string;
	/** Before the address where notifications are collected. */
	readonly access: string;
	/** That this is an automatic notice without legal effects. */
	readonly footer: string;
}

/** What differs between the first notice and the reminder. */
export interface KindPhrases {
	readonly subject: string;
	readonly opening: string;
	/** Follows the issuer's name and a colon; the title in quotes and the reference follow. */
	readonly sms: string;
	/** Before the date, in an SMS. */
	readonly smsUntil: string;
}

const issuer = '{{notificacio.emissor.descripcio}}';

/** One phrase for a communication and another for a notification. */
function byKind(notification: string, communication: string): string {
	return `{{^notificacio.esComunicacio}}${notification}{{/notificacio.esComunicacio}}{{#notificacio.esComunicacio}}${communication}{{/notificacio.esComunicacio}}`;
}

/** Catalan. */
export const catalan: Phrases = {
	code: 'ca',
	first: {
		subject: `${byKind('Nova notificació electrònica', 'Nova comunicació electrònica')} (${issuer}): {{notificacio.titol}}`,
		opening: `${issuer} us ha posat a disposició ${byKind('una notificació electrònica', 'una comunicació electrònica')}.`,
		sms: byKind('teniu una notificació electrònica', 'teniu una comunicació electrònica'),
		smsUntil: 'Fins al',
	},
	reminder: {
		subject: `Recordatori: ${byKind('notificació pendent', 'comunicació pendent')} (${issuer}): {{notificacio.titol}}`,
		opening: `Us recordem que teniu pendent ${byKind('una notificació electrònica', 'una comunicació electrònica')} emesa per ${issuer}.`,
		sms: byKind('us recordem una notificació pendent', 'us recordem una comunicació pendent'),
		smsUntil: 'Fins al',
	},
	greeting: 'Bon dia,',
	issuer: 'Emissor',
	title: 'Assumpte',
	reference: 'Referència',
	deposited: 'Data de dipòsit',
	expires: 'Data límit',
	until: byKind('La podeu acceptar o rebutjar fins a aquesta data:', 'La podeu consultar fins a aquesta data:'),
	after: "Passat aquest termini s'entendrà expirada i el procediment continuarà.",
	access: 'Hi podeu accedir a:',
	footer: 'Aquest és un avís automàtic de cortesia, sense efectes de notificació. No cal que el respongueu.',
};

/** Spanish. */
export const spanish: Phrases = {
	code: 'es',
	first: {
		subject: `${byKind('Nueva notificación electrónica', 'Nueva comunicación electrónica')} de ${issuer}: {{notificacio.titol}}`,
		opening: `${issuer} ha puesto a su disposición ${byKind('una notificación electrónica', 'una comunicación electrónica')}.`,
		sms: byKind('tiene una notificación electrónica', 'tiene una comunicación electrónica'),
		smsUntil: 'Hasta el',
	},
	reminder: {
		subject: `Recordatorio: ${byKind('notificación pendiente', 'comunicación pendiente')} de ${issuer}: {{notificacio.titol}}`,
		opening: `Le recordamos que tiene pendiente ${byKind('una notificación electrónica', 'una comunicación electrónica')} de ${issuer}.`,
		sms: byKind('le recordamos una notificación pendiente', 'le recordamos una comunicación pendiente'),
		smsUntil: 'Hasta el',
	},
	greeting: 'Buenos días,',
	issuer: 'Emisor',
	title: 'Asunto',
	reference: 'Referencia',
	deposited: 'Fecha de depósito',
	expires: 'Fecha límite',
	until: byKind('Puede aceptarla o rechazarla hasta esta fecha:', 'Puede consultarla hasta esta fecha:'),
	after: 'Transcurrido este plazo se entenderá expirada y el procedimiento continuará.',
	access: 'Puede acceder a ella en:',
	footer: 'Este es un aviso automático de cortesía, sin efectos de notificación. No es necesario que lo responda.',
};

/** Occitan, in its Aranese variety, which is official in Catalonia. */
export const occitan: Phrases = {
	code: 'oc',
	first: {
		subject: `${byKind('Naua notificacion electronica', 'Naua comunicacion electronica')} (${issuer}): {{notificacio.titol}}`,
		opening: `${issuer} vos a metut a disposicion ${byKind('ua notificacion electronica', 'ua comunicacion electronica')}.`,
		sms: byKind('auetz ua notificacion electronica', 'auetz ua comunicacion electronica'),
		smsUntil: 'Enquiath',
	},
	reminder: {
		subject: `Rebrembe: ${byKind('notificacion pendenta', 'comunicacion pendenta')} (${issuer}): {{notificacio.titol}}`,
		opening: `Vos rebrembam qu'auetz pendenta ${byKind('ua notificacion electronica', 'ua comunicacion electronica')} emetuda per ${issuer}.`,
		sms: byKind('vos rebrembam ua notificacion pendenta', 'vos rebrembam ua comunicacion pendenta'),
		smsUntil: 'Enquiath',
	},
	greeting: 'Bon dia,',
	issuer: 'Emissor',
	title: 'Assumpte',
	reference: 'Referéncia',
	deposited: 'Data de depaus',
	expires: 'Data limit',
	until: byKind('Podetz acceptar-la o refusar-la enquia aguesta data:', 'Podetz consultar-la enquia aguesta data:'),
	after: "Passat aguest tèrme s'entenerà expirada e eth procediment contunharà.",
	access: 'I podetz accedir en:',
	footer: 'Aguest ei un avís automatic de cortesia, sense efèctes de notificacion. Non cau respóner.',
};

/** English. */
export const english: Phrases = {
	code: 'en',
	first: {
		subject: `New electronic ${byKind('notification', 'communication')} from ${issuer}: {{notificacio.titol}}`,
		opening: `${issuer} has made ${byKind('an electronic notification', 'an electronic communication')} available to you.`,
		sms: byKind('you have an electronic notification', 'you have an electronic communication'),
		smsUntil: 'Until',
	},
	reminder: {
		subject: `Reminder: pending ${byKind('notification', 'communication')} from ${issuer}: {{notificacio.titol}}`,
		opening: `This is a reminder: ${byKind('an electronic notification', 'an electronic communication')} from ${issuer} is waiting for you.`,
		sms: byKind('reminder of a pending notification', 'reminder of a pending communication'),
		smsUntil: 'Until',
	},
	greeting: 'Hello',
	issuer: 'Issuer',
	title: 'Subject',
	reference: 'Reference',
	deposited: 'Deposited on',
	expires: 'Expires on',
	until: byKind('You can accept or reject it until this date:', 'You can read it until this date:'),
	after: 'After that it will be taken as expired and the procedure will go on.',
	access: 'You can reach it at:',
	footer: 'This is an automatic courtesy notice without the effects of a notification. There is no need to answer it.',
};
